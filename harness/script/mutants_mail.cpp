// Wrong deliveries; see mutants.hpp. The field that the step names is dropped, altered, doubled and moved;
// the body loses, gains and changes an octet.
#include "harness/script/host_stream_edit.hpp"
#include "harness/script/message_checks.hpp"
#include "harness/script/mutants.hpp"
#include "harness/wire/message.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mailspec::script {
namespace {

// A message as raw fields and a body, put together again after an alteration.
struct message_parts {
    std::vector<std::string> fields;
    std::string body;

    std::string str() const {
        std::string raw;
        for (const auto& f : fields)
            raw += f;
        return raw + "\r\n" + body;
    }
};

class message_mutator {
  public:
    // `stream`: the connection to a remote host on which it came, or -1.
    message_mutator(const std::string& raw, int stream, const recording& from, std::vector<mutant>& all)
        : raw_(raw)
        , stream_(stream)
        , from_(from)
        , all_(all)
        , message_(wire::parse_message(raw)) {
        for (const auto& f : message_.fields)
            parts_.fields.push_back(f.raw);
        parts_.body = message_.body;
    }

    void add(std::string name, const message_parts& changed) {
        auto server = from_;
        const auto text = changed.str();
        if (stream_ >= 0) replace_message(server.world, static_cast<std::size_t>(stream_), raw_, text);
        for (auto& look : server.looks)
            std::ranges::replace(look.messages, raw_, text);
        all_.push_back({std::move(name), true, std::move(server)});
    }

    void field(const std::string& written) {
        const auto place = field_place_of(written);
        const auto& name = place.name;
        auto above = parts_;
        above.fields.insert(above.fields.begin(), "X-Mutant: above\r\n");
        add("another field stands first", above);
        const auto* at = message_.find(name, place.nth);
        if (!at) {
            auto there = parts_;
            there.fields.insert(there.fields.begin(), name + ": _\r\n");
            return add(name + " is there", there);
        }
        const auto index = at - message_.fields.data();
        auto doubled = parts_, altered = parts_, dropped = parts_;
        doubled.fields.insert(doubled.fields.begin() + index, at->raw);
        add(name + " occurs twice", doubled);
        altered.fields[static_cast<std::size_t>(index)] = fmt::format("{}: _ {} _\r\n", at->name, at->value);
        add(name + " is altered", altered);
        altered.fields[static_cast<std::size_t>(index)] = at->name + ": _\r\n";
        add(name + " is emptied", altered);
        if (wire::same_word(name, "Content-Type")) { // still readable: its parts are where they were
            const auto slash = at->value.find('/'), end = std::min(at->value.find(';'), at->value.size());
            if (slash < end) {
                auto value = at->value;
                value.replace(slash + 1, end - slash - 1, "x-mutant");
                altered.fields[static_cast<std::size_t>(index)] = at->name + ": " + value + "\r\n";
                add(name + " is of another subtype", altered);
            }
        }
        // All of them: what comes from a hop before must not stand in for it.
        dropped.fields.clear();
        for (const auto& f : message_.fields)
            if (!wire::same_word(f.name, name)) dropped.fields.push_back(f.raw);
        add(name + " is dropped", dropped);
    }

    void received(const suite::expect_received& e) {
        field("Received");
        const auto* at = message_.find("Received");
        if (!at) return;
        const auto index = static_cast<std::size_t>(at - message_.fields.data());
        const auto end = std::min(at->value.rfind(';'), at->value.size());
        if (e.negative) {
            for (const char* clause_value : {"<_@mx.example>", "<_@mx.example>,<_@mx.example>"}) {
                auto added = parts_;
                added.fields[index] = fmt::format("Received: {} {} {}{}\r\n", at->value.substr(0, end),
                                                  e.clause, clause_value, at->value.substr(end));
                add(fmt::format("the clause {} is there: {}", e.clause, clause_value), added);
            }
            return;
        }
        auto value = " " + at->value;
        const auto word = find_clause(value, e.clause);
        if (word == std::string::npos) return;
        auto renamed = value, wrong = value;
        renamed.replace(word, e.clause.size() + 2, " via ");
        auto changed = parts_;
        changed.fields[index] = "Received:" + renamed + "\r\n";
        add("the clause " + e.clause + " is dropped", changed);
        wrong.insert(word + e.clause.size() + 2, "_");
        changed.fields[index] = "Received:" + wrong + "\r\n";
        add("the clause " + e.clause + " has another value", changed);
        auto two = value;
        two.insert(word + e.clause.size() + 2, "<_@mx.example>,");
        changed.fields[index] = "Received:" + two + "\r\n";
        add("the clause " + e.clause + " has two values", changed);
    }

    void body() {
        auto cut = parts_, longer = parts_, gone = parts_;
        longer.body += "_\r\n";
        add("the body is longer", longer);
        if (parts_.body.empty()) return;
        cut.body.resize(parts_.body.size() / 2);
        add("the body is cut", cut);
        gone.body.clear();
        add("the body is empty", gone);
        const auto last = parts_.body.find_last_not_of("\r\n");
        for (const auto at : {std::size_t{0}, parts_.body.size() / 2, last}) {
            if (at >= parts_.body.size()) continue;
            auto flipped = parts_;
            flipped.body[at] ^= 1;
            add(fmt::format("octet {} of the body is altered", at + 1), flipped);
        }
        auto high = parts_; // a path of seven bits
        for (char& c : high.body)
            c &= 0x7f;
        if (high.body != parts_.body) add("the body loses its high bits", high);
    }

  private:
    // Where the white space before the keyword stands.
    static std::size_t find_clause(const std::string& value, const std::string& clause) {
        auto text = wire::upper(value);
        std::ranges::replace(text, '\t', ' ');
        return text.find(wire::upper(" " + clause + " "));
    }

    const std::string& raw_;
    int stream_;
    const recording& from_;
    std::vector<mutant>& all_;
    wire::message message_;
    message_parts parts_;
};

} // namespace

void mutate_message(const judged& step, const std::string& raw, const recording& from,
                    std::vector<mutant>& all) {
    message_mutator m(raw, step.stream, from, all);
    if (const auto* header = std::get_if<suite::expect_header>(&step.by->body))
        m.field(header->name);
    else if (const auto* received = std::get_if<suite::expect_received>(&step.by->body))
        m.received(*received);
    else
        m.body();
}

void mutate_mailbox(const judged& step, const case_outcome& recorded, const recording& from,
                    std::vector<mutant>& all) {
    const auto add = [&](std::string name, std::vector<std::string> messages) {
        auto server = from;
        server.looks[step.offset].messages = std::move(messages);
        all.push_back({std::move(name), true, std::move(server)});
    };
    const auto& look = recorded.looks[step.offset];
    if (look.messages.empty())
        return add("a message is delivered",
                   {fmt::format("Subject: {}\r\n\r\nDelivered after all.\r\n", recorded.token)});
    add("the message is missing", {});
    auto doubled = look.messages;
    doubled.push_back(doubled.front());
    add("the message is delivered twice", std::move(doubled));
}

} // namespace mailspec::script
