// mailspec stress: many sessions on a few mailboxes, each with a model of what it must see; or one kind of
// command measured alone. Violations are printed with the seed and the end of the session's dialog.
#include "harness/cli/program.hpp"
#include "harness/cli/refusal.hpp"
#include "harness/cli/target_choice.hpp"
#include "harness/runner/exit_code.hpp"
#include "harness/stress/stress_run.hpp"
#include "harness/suite/nearest_word.hpp"
#include "net/endpoint.hpp"
#include "net/run.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

namespace mailspec::cli {

namespace {

constexpr std::size_t most_printed = 10; // violations
constexpr int most_shared = 100;         // mailboxes

struct stress_options {
    target_options target;
    int clients = 10;
    double seconds = 10;
    std::optional<std::uint64_t> seed;
    std::optional<int> mailboxes;
    std::uint64_t commands = 0;
    std::string only, service, json, dialogs;
    std::uint64_t messages = 100;
};

struct stressed {
    stress::run_plan plan;
    stress::run_outcome outcome;
    std::string name; // of the target
    bool interrupted = false;
};

std::string service_of(const target::target_info& target, const std::string& wanted) {
    if (!wanted.empty() && !target.services.contains(wanted))
        throw refusal(fmt::format("--service {}: the target {} has no such service", wanted, target.name));
    if (!wanted.empty()) return wanted;
    for (const char* service : {"imap", "imaps"})
        if (target.services.contains(service)) return service;
    throw refusal("the target has no IMAP service: name it with --imap HOST:PORT or --imaps HOST:PORT");
}

stress::account_at place_of(const target::target_info& target, const std::string& wanted) {
    const auto service = service_of(target, wanted);
    if (target.accounts.empty())
        throw refusal("the target has no account to log in with: name one with --user NAME:PASSWORD");
    const auto at = net::parse_endpoint(target.services.at(service));
    if (!at) throw refusal(at.error().text);
    const auto& account = target.accounts.front();
    return {at->host, at->port, service == "imaps", account.user, account.password, std::chrono::seconds(60)};
}

stress::run_plan plan_of(const stress_options& options) {
    stress::run_plan plan;
    plan.clients = options.clients;
    plan.length = std::chrono::milliseconds(static_cast<long>(options.seconds * 1000));
    plan.seed = options.seed ? *options.seed : std::random_device{}() % 1000000;
    plan.commands = options.commands;
    plan.dialogs = options.dialogs;
    if (!plan.dialogs.empty() && !std::filesystem::is_directory(plan.dialogs))
        throw refusal(fmt::format("--dialogs {}: there is no such folder", plan.dialogs));
    plan.messages = options.messages;
    const auto& names = stress::alone();
    if (!options.only.empty() && std::ranges::count(names, options.only) == 0)
        throw refusal(fmt::format("--only {}: expected {}{}", options.only, suite::word_list(names),
                                  suite::did_you_mean(options.only, names)));
    if (!options.only.empty()) plan.only = stress::kind_named(options.only);
    plan.mailboxes = options.mailboxes.value_or(plan.only == stress::kind::list ? 10000 : 3);
    if (plan.only != stress::kind::list && plan.mailboxes > most_shared)
        throw refusal(fmt::format("--mailboxes {}: sessions share at most {}; more are for --only list",
                                  plan.mailboxes, most_shared));
    return plan;
}

// The target is up: where its service is, is known by now.
net::task<void> carry_out(const target_choice& chosen, const stress_options& options, stressed& run,
                          std::unique_ptr<target::running_target>& up) {
    auto launched = co_await chosen.bring_up(std::nullopt);
    if (!launched) {
        run.outcome.trouble = launched.error().text;
        co_return;
    }
    up = std::move(*launched);
    run.name = up->info.name;
    run.plan.where = place_of(up->info, options.service);
    co_await stress::run_stress(run.plan, run.outcome);
    if (auto died = up->death(); !died.empty()) {
        stress::violation end;
        end.text = "the server " + died;
        run.outcome.violations.push_back(std::move(end));
    }
}

void print_violations(const stressed& run) {
    const auto& all = run.outcome.violations;
    for (std::size_t i = 0; i < std::min(all.size(), most_printed); ++i) {
        const auto who =
            all[i].session == 0 ? std::string("the whole run") : fmt::format("session {}", all[i].session);
        std::cout << fmt::format("VIOLATION, seed {}, {}: {}\n", run.plan.seed, who, all[i].text);
        for (const auto& line : all[i].dialog)
            std::cout << "    " << line << '\n';
    }
    if (all.size() > most_printed) std::cout << fmt::format("and {} more\n", all.size() - most_printed);
}

void write_json(const stressed& run, const std::string& file) {
    std::ofstream out(file);
    out << fmt::format("{{\"seed\": {}, \"clients\": {}, \"messages\": {}, \"seconds\": {:.3f}, "
                       "\"violations\": {}, \"commands\": {}}}\n",
                       run.plan.seed, run.plan.clients, run.plan.messages, run.outcome.seconds,
                       run.outcome.violations.size(), run.outcome.times.json(run.outcome.seconds));
    out.flush();
    if (!out) throw refusal(fmt::format("--json {}: it cannot be written", file));
}

void print(const stressed& run, const stress_options& options) {
    std::cout << fmt::format("{}: {} sessions, {:.1f} s, seed {}\n", run.name, run.plan.clients,
                             run.outcome.seconds, run.plan.seed)
              << run.outcome.times.table(std::max(run.outcome.seconds, 0.001));
    print_violations(run);
    if (!run.plan.only)
        std::cout << (run.outcome.violations.empty()
                          ? "every session saw what it must see\n"
                          : fmt::format("{} violations; --seed {} draws the same commands again{}\n",
                                        run.outcome.violations.size(), run.plan.seed,
                                        run.plan.commands > 0 ? ", in the same order" : ""));
    if (!options.json.empty()) write_json(run, options.json);
}

int run_stress(const stress_options& options, const program& p) {
    const auto chosen = choose_target(options.target, p.file);
    stressed run;
    run.plan = plan_of(options);
    run.plan.interrupted = [&run] { return run.interrupted; };
    std::unique_ptr<target::running_target> up;
    {
        net::loop loop;
        // The first time its sessions end in good order and the mailboxes are removed.
        loop.on_signal({SIGINT, SIGTERM}, [&](int) {
            if (run.interrupted) loop.stop();
            run.interrupted = true;
        });
        loop.spawn([&]() -> net::task<void> { co_await carry_out(chosen, options, run, up); });
        loop.run();
    }
    if (up) up->stop();
    if (!run.outcome.trouble.empty()) throw refusal(run.outcome.trouble);
    print(run, options);
    if (!run.outcome.violations.empty()) return runner::exit_deviates;
    if (run.interrupted) throw refusal("interrupted");
    if (run.outcome.times.count() == 0) throw refusal("no command was answered in the time given");
    return runner::exit_conforms;
}

} // namespace

void add_stress(CLI::App& app, program& p) {
    auto* command =
        app.add_subcommand("stress", "Hold many IMAP sessions at once against a model, and measure them");
    auto options = std::make_shared<stress_options>();
    add_target_options(*command, options->target);
    command->add_option("--clients", options->clients, "How many sessions (10)")
        ->check(CLI::Range(1, 1000))
        ->type_name("N");
    command->add_option("--seconds", options->seconds, "How long they play (10)")
        ->check(CLI::Range(0.1, 86400.0))
        ->type_name("S");
    command->add_option("--seed", options->seed, "Draw the commands that a run with this seed drew")
        ->type_name("X");
    command
        ->add_option(
            "--commands", options->commands,
            "One session at a time sends its next, so many in all, in place of --seconds: what happens "
            "follows from --seed alone")
        ->check(CLI::Range(1, 100000000))
        ->type_name("N");
    command
        ->add_option("--mailboxes", options->mailboxes,
                     "How many mailboxes they share (3); with --only list, how many there are (10000)")
        ->check(CLI::Range(1, 100000))
        ->type_name("N");
    auto* only = command
                     ->add_option("--only", options->only,
                                  "Measure one kind of command alone: append, fetch-flags, fetch-headers, "
                                  "fetch-bodies, store, search, login, select, list")
                     ->type_name("KIND");
    command
        ->add_option("--messages", options->messages,
                     "With --only: messages in the mailbox before it begins (100)")
        ->check(CLI::Range(1, 1000000))
        ->needs(only)
        ->type_name("N");
    command->add_option("--service", options->service, "imap or imaps, where the target has both (imap)")
        ->check(CLI::IsMember({"imap", "imaps"}))
        ->type_name("NAME");
    command
        ->add_option("--dialogs", options->dialogs,
                     "Write each session's whole dialog into this folder: session-1, session-2 ...")
        ->type_name("FOLDER");
    command->add_option("--json", options->json, "Write the figures to this file as well")->type_name("FILE");
    command->callback([&p, options] { p.selected = [&p, options] { return run_stress(*options, p); }; });
}

} // namespace mailspec::cli
