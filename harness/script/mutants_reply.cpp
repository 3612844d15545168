// Wrong replies; see mutants.hpp. What a step looks at (a keyword, a parameter, a text) is altered by name,
// so that a mutation says what the case would have missed.
#include "harness/script/mutants.hpp"
#include "harness/wire/octets.hpp"
#include "harness/wire/smtp_reply.hpp"

#include <fmt/core.h>

#include <set>

namespace mailspec::script {
namespace {

using reply_check_kind = suite::reply_check::kind;
constexpr std::size_t most_reply_lines = 40;

// A reply as lines of (code, text): what is put together again after an alteration.
struct reply_lines {
    std::string code;
    std::vector<std::string> texts;

    std::string str(std::string_view line_end = "\r\n") const {
        std::string raw;
        for (std::size_t i = 0; i < texts.size(); ++i)
            raw += fmt::format("{}{}{}{}", code, i + 1 < texts.size() ? '-' : ' ', texts[i], line_end);
        return raw;
    }
};

class reply_mutator {
  public:
    reply_mutator(const judged& step, const recording& from, std::vector<mutant>& all)
        : step_(step)
        , from_(from)
        , all_(all)
        , reply_(wire::parse_smtp_reply(stream().octets().substr(step.offset, step.length)).reply)
        , lines_{reply_.code, reply_.lines} {}

    void run() {
        if (reply_.code.empty()) return;
        codes();
        enhanced_codes();
        texts();
        lines();
        if (const auto* e = std::get_if<suite::expect_server>(&step_.by->body))
            for (const auto& tier : e->tiers)
                for (const auto& pattern : tier.any_of)
                    if (const auto* p = std::get_if<suite::reply_pattern>(&pattern))
                        for (const auto& check : p->checks)
                            capability(check);
        add("bare LF in place of CRLF", lines_.str("\n"));
        add("the reply is lost", "", false);
        auto closed = from_;
        closed.streams[index()].cut(step_.offset);
        all_.push_back({"closed instead of the reply", false, std::move(closed)});
    }

  private:
    std::size_t index() const { return static_cast<std::size_t>(step_.stream); }
    const recorded_stream& stream() const { return from_.streams[index()]; }

    void add(std::string name, const std::string& raw, bool content = true) {
        if (raw == reply_.raw || !names_.insert(name).second) return;
        auto changed = from_;
        changed.streams[index()].replace(step_.offset, step_.length, raw);
        all_.push_back({std::move(name), content, std::move(changed)});
    }

    // The enhanced code follows the class, so that the mutant is wrong in one thing only.
    void code(const std::string& other) {
        if (other == reply_.code) return;
        auto changed = lines_;
        changed.code = other;
        for (std::size_t i = 0; i < changed.texts.size(); ++i)
            if (!reply_.enhanced[i].empty() && other[0] != '3') changed.texts[i][0] = other[0];
        add(fmt::format("code {} becomes {}", reply_.code, other), changed.str());
    }

    void codes() {
        switch (reply_.code[0]) {
        case '2': code("550"), code("451"), code("214"), code("221"); break;
        case '3': code("550"), code("250"), code("334"), code("354"); break;
        case '4': code("250"), code("550"), code("450"), code("452"); break;
        default: code("250"), code("451"), code("500"), code("554"); break;
        }
        if (reply_.code[0] == '3') return;
        code("354"); // go on
        code("521"); // RFC 7504: what refuses a host, not a command
    }

    void enhanced_codes() {
        if (reply_.enhanced.front().empty()) return;
        auto other = lines_, none = lines_;
        for (std::size_t i = 0; i < lines_.texts.size(); ++i) {
            const auto length = reply_.enhanced[i].size();
            if (length == 0) continue;
            other.texts[i].replace(0, length, fmt::format("{}.9.9", reply_.enhanced[i][0]));
            none.texts[i].erase(0, std::min(none.texts[i].size(), length + 1));
        }
        add(fmt::format("enhanced code {} becomes {}.9.9", reply_.enhanced.front(),
                        reply_.enhanced.front()[0]),
            other.str());
        add("the enhanced code is dropped", none.str());
    }

    void texts() {
        auto changed = lines_;
        for (std::size_t i = 0; i < changed.texts.size(); ++i)
            changed.texts[i] = (reply_.enhanced[i].empty() ? "" : reply_.enhanced[i] + " ") + "_";
        add("the text becomes _", changed.str());
        changed.texts.back() += std::string(520, 'x');
        add("the last line is longer than 512 octets", changed.str());
    }

    void lines() {
        for (std::size_t i = 0; i < lines_.texts.size() && i < most_reply_lines && lines_.texts.size() > 1;
             ++i) {
            auto fewer = lines_;
            fewer.texts.erase(fewer.texts.begin() + static_cast<std::ptrdiff_t>(i));
            add(fmt::format("line {} is lost: {}", i + 1, wire::quoted(lines_.texts[i], 60)), fewer.str());
        }
        auto more = lines_;
        more.texts.push_back(more.texts.back());
        add("the last line comes twice", more.str());
    }

    static bool has_keyword(std::string_view line, std::string_view keyword) {
        return wire::same_word(line.substr(0, line.find(' ')), keyword);
    }

    void capability(const suite::reply_check& check) {
        if (check.keyword.empty()) return;
        auto changed = lines_;
        if (check.what == reply_check_kind::lacks) {
            changed.texts.push_back(check.keyword);
            return add(check.keyword + " is offered", changed.str());
        }
        std::erase_if(changed.texts, [&](const auto& line) { return has_keyword(line, check.keyword); });
        if (!changed.texts.empty()) add(check.keyword + " is not offered", changed.str());
        for (const char* parameters : {"", " _", " 999999999999999999999"}) {
            changed = lines_;
            for (auto& line : changed.texts)
                if (has_keyword(line, check.keyword)) line = check.keyword + parameters;
            add(fmt::format("the parameters of {} become {}", check.keyword, wire::quoted(parameters)),
                changed.str());
        }
    }

    const judged& step_;
    const recording& from_;
    std::vector<mutant>& all_;
    wire::smtp_reply reply_;
    reply_lines lines_;
    std::set<std::string> names_;
};

// In the language that the recorded server speaks.
std::string talk_of(const recorded_stream& stream, std::string_view text) {
    const auto all = stream.octets();
    if (all.starts_with('*')) return fmt::format("* OK {}\r\n", text);
    if (all.starts_with('+')) return fmt::format("+OK {}\r\n", text);
    return fmt::format("250 2.0.0 {}\r\n", text);
}

} // namespace

void mutate_reply(const judged& step, const recording& from, std::vector<mutant>& all) {
    reply_mutator(step, from, all).run();
}

void mutate_close(const judged& step, const recording& from, std::vector<mutant>& all) {
    const auto index = static_cast<std::size_t>(step.stream);
    auto talks = from, stays = from;
    auto& talking = talks.streams[index];
    talking.replace(step.offset, 0, talk_of(talking, "still here"));
    all.push_back({"a reply instead of the close", true, std::move(talks)});
    stays.streams[index].ends = recorded_stream::end::open;
    all.push_back({"the connection stays open", true, std::move(stays)});
}

void mutate_silence(const judged& step, const recording& from, std::vector<mutant>& all) {
    const auto index = static_cast<std::size_t>(step.stream);
    auto talks = from, closes = from;
    talks.streams[index].replace(step.offset, 0, talk_of(from.streams[index], "not silent"));
    all.push_back({"a reply instead of silence", true, std::move(talks)});
    closes.streams[index].cut(step.offset);
    all.push_back({"closed instead of silence", false, std::move(closes)});
}

void mutate_handshake(const judged& step, const recording& from, std::vector<mutant>& all) {
    const auto index = static_cast<std::size_t>(step.stream);
    const auto& seen = from.streams[index].tls;
    if (!seen) return;
    const auto add = [&](std::string name, std::optional<net::tls_facts> facts) {
        auto changed = from;
        auto& tls = *changed.streams[index].tls;
        tls.facts = std::move(facts);
        tls.error = "a mutation";
        all.push_back({std::move(name), true, std::move(changed)});
    };
    if (!seen->facts) {
        net::tls_facts facts;
        facts.version = "TLSv1.3";
        facts.cipher = "TLS_AES_256_GCM_SHA384";
        return add("the TLS handshake succeeds", std::move(facts));
    }
    add("the TLS handshake fails", std::nullopt);
    auto old = *seen->facts, bare = *seen->facts;
    old.version = "TLSv1";
    add("TLS 1.0 is negotiated", std::move(old));
    bare.has_peer_certificate = false;
    add("no certificate is shown", std::move(bare));
}

} // namespace mailspec::script
