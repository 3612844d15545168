// refmaild: reads the command line, starts the daemon, says that it is ready, ends in good order.
// Exit: 0 ended by a signal as asked; 1 it broke; 2 usage or configuration.
#include "reference/daemon/announcement.hpp"
#include "reference/daemon/command_line.hpp"
#include "reference/daemon/configuration.hpp"
#include "reference/daemon/configuration_error.hpp"
#include "reference/daemon/log_line.hpp"
#include "reference/daemon/outgoing_mail.hpp"
#include "reference/daemon/password.hpp"
#include "reference/daemon/privileges.hpp"
#include "reference/daemon/server.hpp"
#include "reference/daemon/show_route.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>

namespace {

using namespace refmail::daemon;

int print_hash(std::string password) {
    if (password.empty()) std::getline(std::cin, password);
    if (password.ends_with('\r')) password.pop_back();
    if (password.empty()) throw configuration_error("hash-password: no password given");
    std::puts(hash_password(password).c_str());
    return 0;
}

// Goes with the process when it was made for this run only.
struct temporary_data {
    std::string path;
    ~temporary_data() {
        std::error_code ignored;
        if (!path.empty()) std::filesystem::remove_all(path, ignored);
    }
};

int print_route(const command& wanted) {
    start_log("error");
    const temporary_data goes{wanted.temporary ? wanted.how.data : ""};
    return show_route(wanted.how, wanted.domain);
}

int serve(const command& wanted) {
    start_log(wanted.how.log_level);
    raise_descriptor_limit();
    std::signal(SIGPIPE, SIG_IGN); // a log reader that left
    std::signal(SIGXFSZ, SIG_IGN); // a file too long is an error of that delivery
    const temporary_data goes{wanted.temporary ? wanted.how.data : ""};
    services shared(wanted.how);
    server running(shared);
    outgoing_mail outgoing(shared, running.all_addresses());
    shared.queued = [&outgoing](const refmail::queue::entry& e) { outgoing.added(e); };
    drop_privileges(wanted.how.run_as_user, wanted.how.run_as_group, wanted.how.data);
    shared.tidy();
    outgoing.begin();
    if (wanted.json)
        std::fputs(ready_json(shared, running, outgoing).c_str(), stdout);
    else if (!wanted.quiet)
        std::fputs(ready_text(shared, running, outgoing).c_str(), stdout);
    std::fflush(stdout);
    running.run();
    outgoing.finish(std::chrono::seconds(5));
    shared.finish();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const command wanted = parse_command_line(argc, argv);
        if (wanted.kind == command::kind::finished) return wanted.exit_code;
        if (wanted.kind == command::kind::hash_password) return print_hash(wanted.password);
        if (wanted.kind == command::kind::look_after_queue) return carry_out(wanted.order);
        try {
            if (wanted.kind == command::kind::show_route) return print_route(wanted);
            return serve(wanted);
        } catch (const bad_setting& wrong) {
            if (wanted.configuration.empty()) throw;
            throw place_in_file(wanted.configuration, wrong);
        }
    } catch (const configuration_error& e) {
        std::fprintf(stderr, "refmaild: %s\n", e.what());
        return 2;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "refmaild: %s\n", e.what());
        return 1;
    }
}
