// The meaning of a case's keys: ids, level, needs, service and claim. Refuses a case with any mistake in
// it whole: half a case would judge a server by something nobody wrote. Follows docs/suite-language.md, "A
// suite", "Verdicts and the claim" and "Needs".
#include "harness/suite/case_builder.hpp"

#include "harness/suite/claims.hpp"
#include "harness/suite/hosts_check.hpp"
#include "harness/suite/line_cursor.hpp"
#include "harness/suite/mailbox_setup.hpp"
#include "harness/suite/nearest_word.hpp"
#include "harness/suite/needs.hpp"
#include "harness/suite/resolver.hpp"
#include "harness/suite/step_grammar.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::suite {

namespace {

class case_builder {
  public:
    case_builder(const written_suite& suite, written_case& from, const case_context& context,
                 std::vector<problem>& problems)
        : suite_(suite)
        , from_(from)
        , context_(context)
        , problems_(problems) {}

    test_case build() {
        auto text = [](const std::optional<written>& w) { return w ? w->text : std::string(); };
        c_.suite = context_.suite_path;
        c_.name = from_.name.text;
        c_.id = fmt::format("{}/{}", c_.suite, c_.name);
        c_.at = from_.name.at;
        c_.title = text(from_.title);
        c_.why = text(from_.why);
        c_.security = text(from_.security);
        c_.script_text = from_.script_text;
        requirements();
        level();
        rfc();
        ruling();
        timeout();
        needs(suite_.needs);
        needs(from_.needs);
        service();
        if (from_.dns || suite_.dns) c_.world.dns = from_.dns ? from_.dns : suite_.dns;
        if (const auto& hosts = from_.hosts ? from_.hosts : suite_.hosts) {
            c_.world.hosts = hosts->plans;
            c_.world.hosts_source = hosts->source;
        }
        if (!c_.service.empty() && from_.script) script();
        return std::move(c_);
    }

  private:
    void requirements() {
        for (auto& [id, at] : from_.requirements) {
            auto* found = context_.catalogue.find(id);
            if (found) {
                c_.requirements.push_back(*found);
                continue;
            }
            auto nearest = context_.catalogue.nearest(id);
            report(at, fmt::format("unknown requirement `{}`, expected an id of requirements/*.tsv{}", id,
                                   nearest.empty() ? "" : fmt::format(", did you mean `{}`?", nearest)));
        }
        if (from_.requirements.empty() && context_.ours)
            report(c_.at, fmt::format("case `{}` names no `requirement`, expected the clause that it shows",
                                      c_.name));
    }

    void level() {
        static const std::vector<std::string> words = {"MUST", "SHOULD", "MAY"};
        c_.level = c_.requirements.empty() ? level::must : level::may;
        for (auto& r : c_.requirements) {
            if (r.is_must()) c_.level = level::must;
            if (r.is_should() && c_.level == level::may) c_.level = level::should;
        }
        if (!from_.level) return;
        auto found = std::ranges::find(words, from_.level->text);
        if (found == words.end())
            return report(from_.level->at,
                          fmt::format("found the level `{}`, expected {}{}", from_.level->text,
                                      word_list(words), did_you_mean(from_.level->text, words)));
        c_.level = static_cast<suite::level>(found - words.begin());
    }

    void rfc() {
        auto& written = from_.rfc ? from_.rfc : suite_.rfc;
        if (!written) {
            if (!c_.requirements.empty()) c_.rfc = c_.requirements.front().rfc;
            return;
        }
        bool digits =
            written->text.size() <= 5 && written->text.find_first_not_of("0123456789") == std::string::npos;
        if (!digits)
            return report(written->at,
                          fmt::format("found `{}` as `rfc`, expected a number as 5321", written->text));
        c_.rfc = std::stoi(written->text);
    }

    void ruling() {
        if (!from_.ruling) return;
        c_.ruling = from_.ruling->text;
        if (std::ranges::find(context_.rulings, c_.ruling) != context_.rulings.end()) return;
        report(from_.ruling->at, fmt::format("unknown ruling `{}`, expected a heading of rulings.md{}",
                                             c_.ruling, did_you_mean(c_.ruling, context_.rulings)));
    }

    void timeout() {
        if (!from_.timeout) return;
        if (auto duration = parse_duration(from_.timeout->text))
            c_.timeout = *duration;
        else
            report(from_.timeout->at,
                   fmt::format("found the timeout `{}`, expected a time as 500ms, 60s or 2m",
                               from_.timeout->text));
    }

    void needs(const std::vector<written>& words) {
        for (auto& [word, at] : words) {
            if (auto parsed = parse_need(word))
                add_need(c_.needs, *parsed);
            else
                report(at, parsed.error());
        }
    }

    void service() {
        auto& written = from_.service ? from_.service : suite_.service;
        auto& services = known_services();
        if (!written)
            report(c_.at, fmt::format("case `{}` has no `service`, nor has its suite; expected {}", c_.name,
                                      word_list(services)));
        else if (std::ranges::find(services, written->text) == services.end())
            report(written->at, fmt::format("unknown service `{}`, expected {}{}", written->text,
                                            word_list(services), did_you_mean(written->text, services)));
        else
            c_.service = written->text;
    }

    void script() {
        auto resolved =
            resolve_script(std::move(from_.script->steps), c_.service, context_.fragments, c_.world);
        problems_.insert(problems_.end(), resolved.problems.begin(), resolved.problems.end());
        c_.script = std::move(resolved.steps);
        auto unseen = check_hosts(c_.script, c_.world, from_.script->problems.empty());
        problems_.insert(problems_.end(), unseen.begin(), unseen.end());
        c_.services = std::move(resolved.services);
        c_.accounts = resolved.accounts;
        c_.reads_mail = resolved.reads_mail;
        c_.restarts = resolved.restarts;
        c_.retries = resolved.retries;
        c_.moves_clock = resolved.moves_clock;
        c_.mailboxes = resolved.mailboxes;
        for (auto& [name, at] : resolved.fixtures)
            fixture(name, at);
        set_up_mailbox(from_, c_, problems_);
        for (auto& message : c_.messages)
            if (!c_.fixtures.contains(message.fixture)) fixture(message.fixture, from_.messages.front().at);
        for (auto& n : resolved.needs)
            if (!refuses(n)) add_need(c_.needs, n);
        bool sound = from_.script->problems.empty() && resolved.problems.empty() && unseen.empty() &&
                     !c_.script.empty();
        if (sound && !has_claim(c_.script) && !mark_last_expectation(c_.script, false))
            report(
                c_.at,
                fmt::format("case `{}` claims nothing: its own script has no `S:` and no `expect`; mark what "
                            "shows the clause with `check`",
                            c_.name));
    }

    void fixture(const std::string& name, const source_pos& at) {
        if (auto found = context_.fixtures.find(name))
            c_.fixtures[name] = *found;
        else
            report(at, found.error());
    }

    // `needs: not STARTTLS` with a `tls` in a branch of the script: what is written counts.
    bool refuses(const need& implied) const {
        return std::ranges::any_of(c_.needs,
                                   [&](const need& n) { return n.negative && n.name == implied.name; });
    }

    void report(const source_pos& at, std::string text) { problems_.push_back({at, std::move(text)}); }

    const written_suite& suite_;
    written_case& from_;
    const case_context& context_;
    std::vector<problem>& problems_;
    test_case c_;
};

} // namespace

std::optional<test_case> build_case(const written_suite& suite, written_case& c, const case_context& context,
                                    std::vector<problem>& problems) {
    auto before = problems.size();
    auto built = case_builder(suite, c, context, problems).build();
    bool sound = problems.size() == before && c.script && c.script->problems.empty() &&
                 !built.script.empty() && c.title;
    if (!sound) return std::nullopt;
    return built;
}

} // namespace mailspec::suite
