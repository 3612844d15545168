// Wrong responses of IMAP; see mutants.hpp. A claim about one response meets that response altered; one about
// all responses of a command (`not`, `count`) meets one more, one less, and each of them altered.
#include "harness/script/imap_edits.hpp"
#include "harness/script/mutants.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <set>

namespace mailspec::script {
namespace {

constexpr std::size_t most_responses = 12; // of a command that are altered one by one

class imap_mutator {
  public:
    imap_mutator(const judged& step, const recording& from, std::vector<mutant>& all)
        : step_(step)
        , from_(from)
        , all_(all)
        , octets_(from.streams[index()].octets()) {}

    void one() {
        const auto r = response_at(step_.offset);
        if (r.raw.empty()) return;
        alter(r, step_.offset, "");
        replace("it comes twice", step_.offset, r.raw.size(), r.raw + r.raw);
        if (r.what == wire::imap_response::kind::untagged) {
            replace("its name becomes a text", step_.offset, r.raw.size(), "* OK " + r.raw.substr(2));
            if (const auto* e = std::get_if<suite::expect_capabilities>(&step_.by->body)) capabilities(*e, r);
        }
        replace("the response is lost", step_.offset, r.raw.size(), "", false);
        close();
    }

    void window() {
        const auto end = step_.offset + step_.length;
        std::size_t number = 0;
        for (auto at = step_.offset; at < end && number < most_responses; ++number) {
            const auto r = response_at(at);
            if (r.raw.empty()) break;
            const auto which = fmt::format("response {}: ", number + 1);
            alter(r, at, which);
            replace(which + "it is lost", at, r.raw.size(), "");
            replace(which + "it comes twice", at, r.raw.size(), r.raw + r.raw);
            if (!step_.about.empty() && r.what == wire::imap_response::kind::untagged)
                replace(fmt::format("{}it becomes {}", which,
                                    wire::quoted(wire::without_line_end(step_.about), 60)),
                        at, r.raw.size(), step_.about);
            at += r.raw.size();
        }
        insert();
        close();
    }

  private:
    std::size_t index() const { return static_cast<std::size_t>(step_.stream); }

    wire::imap_response response_at(std::size_t offset) const {
        return wire::parse_imap_response(std::string_view(octets_).substr(std::min(offset, octets_.size())))
            .response;
    }

    void replace(std::string name, std::size_t offset, std::size_t length, const std::string& with,
                 bool content = true) {
        if (octets_.compare(offset, length, with) == 0 || !names_.insert(name).second) return;
        auto changed = from_;
        changed.streams[index()].replace(offset, length, with);
        all_.push_back({std::move(name), content, std::move(changed)});
    }

    void alter(const wire::imap_response& r, std::size_t offset, const std::string& which) {
        for (auto& edit : imap_edits_of(r))
            replace(which + edit.name, offset, r.raw.size(), edit.raw);
    }

    // One more of the kind that is not to come: as the pattern has it (`about`), and such as came elsewhere.
    void insert() {
        const auto r = response_at(step_.offset);
        const auto put = [&](const std::string& more) {
            replace(fmt::format("{} comes besides", wire::quoted(wire::without_line_end(more), 60)),
                    step_.offset, r.raw.size(), more + r.raw);
        };
        if (!step_.about.empty()) put(step_.about);
        const auto example = wire::parse_imap_response(step_.about).response;
        for (std::size_t at = 0, count = 0; at < octets_.size() && count < most_responses;) {
            const auto other = wire::parse_imap_response(std::string_view(octets_).substr(at));
            if (other.used == 0) break;
            at += other.used;
            const auto& heard = other.response;
            const bool alike =
                heard.what == wire::imap_response::kind::untagged &&
                (step_.about.empty() ||
                 (heard.condition.empty() == example.condition.empty() && heard.name() == example.name()));
            if (!alike || other.state != wire::imap_state::complete) continue;
            put(heard.raw);
            ++count;
        }
    }

    void capabilities(const suite::expect_capabilities& e, const wire::imap_response& r) {
        for (const auto& check : e.checks) {
            if (!check.lacks) continue;
            const auto at = r.code ? r.code->back().end() : r.data.back().end();
            auto raw = r.raw;
            replace(check.name + " is announced", step_.offset, r.raw.size(),
                    raw.insert(at, " " + check.name));
        }
    }

    void close() {
        auto closed = from_;
        closed.streams[index()].cut(step_.offset);
        all_.push_back({"closed instead of the response", false, std::move(closed)});
    }

    const judged& step_;
    const recording& from_;
    std::vector<mutant>& all_;
    std::string octets_;
    std::set<std::string> names_;
};

} // namespace

void mutate_imap(const judged& step, const recording& from, std::vector<mutant>& all) {
    imap_mutator(step, from, all).one();
}

void mutate_imap_window(const judged& step, const recording& from, std::vector<mutant>& all) {
    imap_mutator(step, from, all).window();
}

} // namespace mailspec::script
