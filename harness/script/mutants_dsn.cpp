// Wrong delivery status notifications; see mutants.hpp. One is missing, comes twice, is about somebody else,
// tells a program nothing; a field, a group or a part of it is lost, altered or there although it must not
// be.
#include "harness/script/dsn_checks.hpp"
#include "harness/script/host_stream_edit.hpp"
#include "harness/script/mutants.hpp"
#include "harness/wire/dot_stuffing.hpp"
#include "harness/wire/dsn.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using part_kind = suite::expect_dsn_part::kind;
using returns = suite::expect_dsn_returns::what;

// `text` with other octets in place of the first `old` behind `from`; as it is when that is not there.
std::string replaced(std::string text, std::string_view old, std::string_view by, std::size_t from = 0) {
    const auto at = old.empty() ? std::string::npos : text.find(old, from);
    if (at != std::string::npos) text.replace(at, old.size(), by);
    return text;
}

// A notification that nobody sent.
std::string made_up(const std::string& token, const std::string& recipient, const std::string& action) {
    const auto address = recipient.empty() ? "someone@" + token + ".mailspec.test" : recipient;
    return fmt::format(
        "Return-Path: <>\r\nFrom: <postmaster@mx.example>\r\nSubject: {0}\r\nMIME-Version: 1.0\r\n"
        "Date: Mon, 01 Sep 2025 10:00:00 +0000\r\nMessage-ID: <{0}@mx.example>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {1}\r\n"
        "Action: {2}\r\nStatus: {3}.0.0\r\n\r\n--b--\r\n",
        token, address, action.empty() ? "failed" : action, action == "delayed" ? 4 : 5);
}

// In every place where the recording has it.
void put_in_place(recording& server, int stream, const std::string& raw, const std::string& changed) {
    if (stream < 0) {
        for (auto& look : server.looks)
            std::ranges::replace(look.messages, raw, changed);
        return;
    }
    const auto number = static_cast<std::size_t>(stream);
    const auto octets = octets_of(server.world, number), wire = wire::dot_stuffed(raw);
    if (const auto at = octets.find(wire); at != std::string::npos)
        replace_octets(server.world, number, at, wire.size(), wire::dot_stuffed(changed));
}

class dsn_mutator {
  public:
    dsn_mutator(const judged& step, const std::string& raw, const recording& from, std::vector<mutant>& all)
        : step_(step)
        , raw_(raw)
        , from_(from)
        , all_(all)
        , report_(*wire::read_dsn(raw)) {}

    void add(std::string name, const std::string& changed) {
        if (changed == raw_) return;
        auto server = from_;
        put_in_place(server, step_.stream, raw_, changed);
        all_.push_back({std::move(name), true, std::move(server)});
    }

    void field(const suite::expect_dsn_field& e) {
        const auto& group = e.per_message ? report_.about_message : about();
        const auto* field = group.find(e.name);
        if (!field)
            return add(e.name + " is there", in_group(group, group.raw + e.name + ": x-mutant; 5.0.0\r\n"));
        add(e.name + " is dropped", in_group(group, replaced(group.raw, field->raw, "")));
        for (const auto& value : wrong_values(e.name, field->value))
            add(fmt::format("{} becomes {}", e.name, value),
                in_group(group, replaced(group.raw, field->raw, field->name + ": " + value + "\r\n")));
        if (!e.per_message) group_lost();
    }

    void recipients() {
        group_lost();
        const auto& group = about();
        add("a group is told twice", in_group(group, group.raw + "\r\n" + group.raw));
    }

    void language_neutral() {
        for (const char* name : {"Status", "Action"})
            if (const auto* field = about().find(name))
                add(std::string(name) + " is dropped",
                    in_group(about(), replaced(about().raw, field->raw, "")));
        if (report_.status == 0) return;
        const auto& text = report_.parts[0];
        const char* other = about().action() == "failed" || about().action() == "delayed" ? "2.0.0" : "5.0.0";
        add("the text has another code", replaced(raw_, text.raw, text.raw + "\r\n(" + other + ")"));
    }

    void returned(const suite::expect_dsn_returns& e) {
        const auto* part = report_.returned();
        if (e.wanted == returns::nothing || !part)
            return add("the message is returned",
                       replaced(raw_, report_.status_part().raw,
                                report_.status_part().raw + "\r\n--" + boundary() +
                                    "\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nx\r\n"));
        part_lost(*part);
        const auto inner = wire::parse_message(part->content.body);
        if (e.wanted == returns::message) {
            add("its body is lost", replaced(raw_, part->content.body, header_of(inner)));
            add("it is said to be a header", with_type(*part, "text/rfc822-headers"));
        } else {
            const auto whole = header_of(inner) + "\r\nHello.\r\n";
            const auto changed = with_type(*part, "message/rfc822");
            add("the whole message is returned", replaced(changed, part->content.body, whole));
        }
    }

    void part(const suite::expect_dsn_part& e) {
        const auto* part = report_.part(static_cast<std::size_t>(e.part));
        if (!part) return;
        if (e.negative) return unwanted(e, *part);
        part_lost(*part);
        if (e.what == part_kind::type)
            return add("its type is another", with_type(*part, "application/x-mutant"));
        if (e.what == part_kind::header) return header(e, *part);
        const auto head = part->raw.size() - part->content.body.size();
        add("the part is empty", replaced(raw_, part->raw, part->raw.substr(0, head)));
        if (!part->content.body.empty()) {
            auto flipped = part->raw;
            for (auto at = head; at < flipped.size(); ++at)
                if (wire::is_alpha(flipped[at]) || wire::is_digit(flipped[at])) flipped[at] = '_';
            add("its words are others", replaced(raw_, part->raw, flipped));
        }
    }

  private:
    const wire::dsn_group& about() const {
        const auto index =
            step_.about.empty() || !wire::is_digit(step_.about[0]) ? 0ul : std::stoul(step_.about);
        static const wire::dsn_group none;
        return index < report_.recipients.size() ? report_.recipients[index] : none;
    }
    std::string boundary() const {
        const auto* given = report_.type.parameter("boundary");
        return given ? *given : std::string{};
    }
    std::string in_group(const wire::dsn_group& group, const std::string& changed) const {
        return replaced(raw_, group.raw, changed, raw_.find(report_.status_part().raw));
    }
    void group_lost() { add("the recipient's group is lost", in_group(about(), "")); }
    void part_lost(const wire::mime_part& part) {
        add("the part is lost", replaced(raw_, "--" + boundary() + "\r\n" + part.raw + "\r\n", ""));
    }
    std::string with_type(const wire::mime_part& part, const std::string& type) const {
        const auto* field = part.content.find("Content-Type");
        const auto line = "Content-Type: " + type + "\r\n";
        const auto changed = field ? replaced(part.raw, field->raw, line) : line + part.raw;
        return replaced(raw_, part.raw, changed);
    }
    static std::string header_of(const wire::message& m) {
        std::string text;
        for (const auto& f : m.fields)
            text += f.raw;
        return text;
    }
    void header(const suite::expect_dsn_part& e, const wire::mime_part& part) {
        const auto inner = wire::parse_message(part.content.body);
        const auto& looked_at = is_of_enclosed(part, e.name) ? inner : part.content;
        const auto* field = looked_at.find(e.name);
        if (!field) return;
        const auto start = raw_.find(part.raw);
        add(e.name + " is altered", replaced(raw_, field->raw, field->name + ": _\r\n", start));
        std::string left = part.raw; // all of that name
        for (const auto& f : looked_at.fields)
            if (wire::same_word(f.name, e.name)) left = replaced(left, f.raw, "");
        add(e.name + " is dropped", replaced(raw_, part.raw, left));
    }

    // What must not be there.
    void unwanted(const suite::expect_dsn_part& e, const wire::mime_part& part) {
        const auto head = part.raw.size() - part.content.body.size();
        auto changed = part.raw;
        if (e.what != part_kind::header)
            changed += step_.about + "\r\n";
        else if (is_of_enclosed(part, e.name))
            changed.insert(head, e.name + ": " + step_.about + "\r\n");
        else
            changed.insert(0, e.name + ": " + step_.about + "\r\n");
        add("what it must not have is there", replaced(raw_, part.raw, changed));
    }

    static std::vector<std::string> wrong_values(const std::string& name, const std::string& value) {
        if (wire::same_word(name, "Action"))
            return {wire::same_word(value, "failed") ? "delivered" : "failed",
                    wire::same_word(value, "delayed") ? "relayed" : "delayed"};
        if (wire::same_word(name, "Status") && value.size() >= 5) {
            auto other_class = value, other_detail = value;
            other_class[0] = value[0] == '5' ? '2' : '5';
            other_detail[4] = value[4] == '9' ? '8' : '9';
            auto temporary = value;
            temporary[0] = value[0] == '4' ? '5' : '4';
            return {other_class, temporary, other_detail, "unknown"};
        }
        const auto semicolon = value.find(';');
        if (semicolon == std::string::npos) return {"_", "_" + value};
        return {"x-mutant;" + value.substr(semicolon + 1), value.substr(0, semicolon + 1) + " _",
                value.substr(0, semicolon + 1) + " _" + value.substr(semicolon + 1)};
    }

    const judged& step_;
    const std::string& raw_;
    const recording& from_;
    std::vector<mutant>& all_;
    wire::dsn report_;
};

// The notifications of a mailbox about that recipient.
bool is_wanted(const std::string& raw, const judged& step) {
    const auto& e = std::get<suite::expect_dsn>(step.by->body);
    const auto report = wire::read_dsn(raw);
    return report && group_wanted(*report, {step.about, e.action});
}

std::string about_another(const std::string& raw) {
    auto changed = raw;
    const auto report = wire::read_dsn(raw);
    if (!report) return changed;
    for (const char* name : {"Final-Recipient", "Original-Recipient"})
        for (const auto& group : report->recipients)
            if (const auto* field = group.find(name))
                changed =
                    replaced(changed, field->raw, std::string(name) + ": rfc822; nobody@mx.example\r\n");
    return changed;
}

} // namespace

void mutate_dsn(const judged& step, const std::string& raw, const recording& from, std::vector<mutant>& all) {
    dsn_mutator m(step, raw, from, all);
    const auto& body = step.by->body;
    if (const auto* e = std::get_if<suite::expect_dsn_field>(&body)) m.field(*e);
    if (const auto* e = std::get_if<suite::expect_dsn_part>(&body)) m.part(*e);
    if (const auto* e = std::get_if<suite::expect_dsn_returns>(&body)) m.returned(*e);
    if (std::holds_alternative<suite::expect_dsn_recipients>(body)) m.recipients();
    if (std::holds_alternative<suite::expect_dsn_language_neutral>(body)) m.language_neutral();
}

void mutate_dsn_look(const judged& step, const case_outcome& recorded, const recording& from,
                     std::vector<mutant>& all) {
    const auto& e = std::get<suite::expect_dsn>(step.by->body);
    const auto add = [&](std::string name, recording server) {
        all.push_back({std::move(name), true, std::move(server)});
    };
    const auto one_more = [&](const std::string& raw) {
        auto server = from;
        if (!e.where) {
            server.looks[step.offset].messages.push_back(raw);
            return server;
        }
        add_dialog(server.world, e.where->any_of.front(), recorded.token);
        const auto last = server.world.streams.size() - 1;
        for (const auto& unit : units_of(octets_of(server.world, last)))
            if (unit.kind == client_unit::what::content)
                replace_octets(server.world, last, unit.offset, unit.length, wire::dot_stuffed(raw));
        return server;
    };
    if (e.negative)
        return add("a notification is sent", one_more(made_up(recorded.token, step.about, e.action)));
    if (e.count) add("there is one more", one_more(made_up(recorded.token, step.about, e.action)));
    if (e.where) {
        if (step.stream >= 0) {
            auto server = from;
            server.world = without_stream(from.world, static_cast<std::size_t>(step.stream));
            add("the notification is missing", std::move(server));
        }
        return;
    }
    auto missing = from, silent = from, another = from;
    auto& messages = missing.looks[step.offset].messages;
    std::erase_if(messages, [&](const std::string& raw) { return is_wanted(raw, step); });
    add("the notification is missing", std::move(missing));
    for (auto& raw : silent.looks[step.offset].messages)
        if (is_wanted(raw, step)) raw = replaced(raw, "delivery-status", "plain", raw.find("\r\n\r\n"));
    add("it tells a program nothing", std::move(silent));
    if (step.about.empty()) return;
    for (auto& raw : another.looks[step.offset].messages)
        if (is_wanted(raw, step)) raw = about_another(raw);
    add("it is about another recipient", std::move(another));
}

} // namespace mailspec::script
