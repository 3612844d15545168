// See the header.
#include "harness/cli/target_choice.hpp"

#include "harness/cli/refusal.hpp"
#include "harness/target/profile.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mailspec::cli {

namespace {

target_choice start_from(target::profile p, const target_options& options) {
    p.target.allow_remote = options.allow_remote;
    if (const auto why = target::remote_refusal(p.target); !why.empty()) throw refusal(why);
    target_choice choice;
    choice.known = p.target;
    choice.sends = p.sends;
    choice.bring_up = [p = std::move(p), work = options.work](std::optional<target::egress_place> egress) {
        target::launch_options how{work, std::move(egress)};
        return target::launch(p, std::move(how));
    };
    return choice;
}

} // namespace

void add_target_options(CLI::App& command, target_options& options) {
    command.add_option("--target", options.profile, "The profile of the server (docs/targets.md)")
        ->type_name("FILE");
    for (const char* service :
         {"smtp", "submission", "submissions", "lmtp", "imap", "imaps", "pop3", "pop3s"})
        command
            .add_option_function<std::string>(
                fmt::format("--{}", service),
                [&options, service](const std::string& address) {
                    options.flags.services[service] = address;
                },
                fmt::format("Where its {} service is", service))
            ->type_name("HOST:PORT");
    command.add_option("--domain", options.flags.domain, "The domain whose mail it takes")
        ->type_name("DOMAIN");
    command.add_option("--user", options.flags.users, "An account of it (repeatable)")
        ->type_name("NAME:PASSWORD")
        ->allow_extra_args(false); // one each time: what follows is a selector
    command
        .add_option("--maildir", options.flags.maildir,
                    "Where it delivers, to read mail: a path with {user} or {local-part} in it")
        ->type_name("PATH");
    command
        .add_option("--dns-listen", options.flags.dns,
                    "It sends, and asks its DNS questions at this address: answer them there")
        ->type_name("ADDRESS:PORT");
    command
        .add_option("--egress-port", options.flags.egress_port,
                    "Towards which port of remote hosts it sends (25)")
        ->check(CLI::Range(1, 65535))
        ->type_name("N");
    command
        .add_option("--https-port", options.flags.https_port,
                    "At which port it fetches MTA-STS policies (443)")
        ->check(CLI::Range(1, 65535))
        ->type_name("N");
    command.add_flag("--allow-remote", options.allow_remote, "Let the target be another machine (yours)");
    command.add_option("--work", options.work, "The work folder of a server that is started; kept")
        ->type_name("DIR");
}

target_choice choose_target(const target_options& options, const std::filesystem::path& program) {
    if (!options.profile.empty()) {
        if (options.flags.any())
            throw refusal(
                "--target names the server already: leave out --smtp, --domain, --user and the like, "
                "or leave out --target");
        auto loaded = target::load_profile(options.profile);
        if (!loaded)
            throw refusal(
                fmt::format("the profile cannot be used:\n  {}", fmt::join(loaded.error(), "\n  ")));
        return start_from(std::move(*loaded), options);
    }
    if (options.flags.any()) {
        auto made = target::target_from_flags(options.flags);
        if (!made) throw refusal(made.error());
        target::profile p;
        p.target = std::move(*made);
        auto sends = target::sends_from_flags(options.flags);
        if (!sends) throw refusal(sends.error());
        p.sends = std::move(*sends);
        return start_from(std::move(p), options);
    }
    const auto refmaild = target::find_refmaild(program);
    if (refmaild.empty())
        throw refusal(
            fmt::format("refmaild is not found beside {}: build or install it, or name a server with "
                        "--target FILE or --smtp HOST:PORT",
                        program.string()));
    target_choice choice;
    choice.known.name = "refmaild";
    choice.sends = target::sends_of_refmaild(refmaild);
    const target::launch_options how{options.work, {}, options.in_memory};
    choice.bring_up = [refmaild, how](std::optional<target::egress_place> egress) {
        auto with_world = how;
        with_world.egress = std::move(egress);
        return target::launch_refmaild(refmaild, std::move(with_world));
    };
    choice.bring_up_another = [refmaild, how,
                               number = 1](std::optional<target::egress_place> egress) mutable {
        auto with_world = how;
        if (!how.work.empty()) with_world.work = how.work / fmt::format("beside-{}", number++);
        with_world.egress = std::move(egress);
        return target::launch_refmaild(refmaild, std::move(with_world));
    };
    return choice;
}

} // namespace mailspec::cli
