// mailspec dns ZONE: serves a zone by itself, faults included, for whoever develops something that asks the
// DNS. What a file may hold is in docs/suite-world.md, "Its DNS", but for placeholders. Ctrl-C ends it.
#include "harness/cli/program.hpp"
#include "harness/cli/refusal.hpp"
#include "harness/suite/suite_file.hpp"
#include "harness/world/dns_name.hpp"
#include "harness/world/dns_server.hpp"
#include "net/run.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <csignal>
#include <iostream>

namespace mailspec::cli {

namespace {

struct dns_command {
    std::string file, listen = "127.0.0.1:5353", origin;
    bool log = false;
};

std::string text_of(const std::string& file) {
    std::vector<suite::problem> problems;
    auto text = suite::read_text(file, problems);
    if (!text) throw refusal(problems.front().str());
    return std::move(*text);
}

// --origin, or the first $ORIGIN of the file that is a whole name.
std::string origin_of(const dns_command& options, std::string_view text) {
    if (!options.origin.empty()) return options.origin;
    std::vector<world::zone_problem> told_later;
    for (const auto& line : world::read_master_file(text, told_later))
        if (line.words.size() == 2 && line.words[0] == "$ORIGIN" && line.words[1].ends_with('.'))
            if (const auto name = world::dns_name::absolute(line.words[1])) return name->text();
    return "example.test";
}

std::shared_ptr<const world::dns_zone> zone_of(const dns_command& options) {
    const auto text = text_of(options.file);
    auto zone = world::dns_zone::parse(text, origin_of(options, text));
    if (zone) return std::move(*zone);
    std::string list = "the zone has mistakes, nothing is served:";
    for (const auto& problem : zone.error())
        list += fmt::format("\n  {}:{}: {}", options.file, problem.line, problem.text);
    throw refusal(list);
}

void print_question(const world::dns_question& q, const std::string& peer) {
    std::cout << fmt::format("{} {} {}{}{} -> {}{}{}\n", peer, q.name, q.type, q.over_tcp ? " over TCP" : "",
                             q.dnssec ? " dnssec"
                             : q.edns ? " edns"
                                      : "",
                             q.answered, q.records.empty() ? "" : ": ", q.records)
              << std::flush;
}

int serve(const dns_command& options) {
    const auto at = net::parse_endpoint(options.listen);
    if (!at) throw refusal("--listen " + at.error().text);
    const auto zone = zone_of(options);
    net::loop loop;
    auto server = world::dns_server::open(loop.executor(), *at);
    if (!server) throw refusal(server.error());
    const auto served = (*server)->serve(zone);
    if (options.log) (*server)->watch(print_question);
    loop.on_signal({SIGINT, SIGTERM}, [&](int) { loop.stop(); });
    loop.spawn([&]() -> net::task<void> { co_await net::sleep_until(net::deadline::never()); });
    std::cout << fmt::format("{} is served at {}, UDP and TCP; Ctrl-C ends it\n", zone->origin(),
                             to_string((*server)->local()))
              << std::flush;
    loop.run();
    return 0;
}

} // namespace

void add_dns(CLI::App& app, program& p) {
    auto* command = app.add_subcommand("dns", "Serve a zone by itself, for those who develop");
    auto options = std::make_shared<dns_command>();
    command
        ->add_option("zone", options->file,
                     "A master file; $FAULT and the other directives of suites may stand in it")
        ->type_name("FILE")
        ->required();
    command->add_option("--listen", options->listen, "Where to answer, UDP and TCP; port 0 takes a free one")
        ->type_name("ADDRESS:PORT")
        ->capture_default_str();
    command
        ->add_option("--origin", options->origin,
                     "The zone's name; without it that of the first $ORIGIN, else example.test")
        ->type_name("NAME");
    command->add_flag("--log", options->log, "Print each question and what was answered");
    command->callback([&p, options] { p.selected = [options] { return serve(*options); }; });
}

} // namespace mailspec::cli
