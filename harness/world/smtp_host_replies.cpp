// What a remote host answers, and what an answer changes; see smtp_host.hpp.
#include "harness/wire/octets.hpp"
#include "harness/world/smtp_host.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::world {

namespace {

bool positive(std::string_view reply) {
    return reply.starts_with('2');
}

// RFC 4648 §4; what is no Base64 gives an empty text.
std::string decoded(std::string_view text) {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string octets;
    unsigned bits = 0, count = 0;
    for (const char c : text) {
        if (c == '=') break;
        const auto value = alphabet.find(c);
        if (value == alphabet.npos) return {};
        bits = bits << 6 | static_cast<unsigned>(value);
        if ((count += 6) >= 8) octets += static_cast<char>(bits >> (count -= 8) & 0xff);
    }
    return octets;
}

} // namespace

host_path host_path_of(std::string_view argument) {
    host_path path;
    const auto open = argument.find('<');
    if (open == argument.npos) return path;
    bool quoted = false;
    auto close = open + 1;
    for (; close < argument.size(); ++close) {
        const char c = argument[close];
        if (quoted && c == '\\')
            ++close;
        else if (c == '"')
            quoted = !quoted;
        else if (c == '>' && !quoted)
            break;
    }
    if (close >= argument.size()) return path;
    path.address = argument.substr(open + 1, close - open - 1);
    for (auto rest = argument.substr(close + 1); !rest.empty();) {
        const auto end = std::min(rest.find(' '), rest.size());
        const auto word = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (word.empty()) continue;
        const auto equals = std::min(word.find('='), word.size());
        path.parameters.emplace_back(wire::upper(word.substr(0, equals)),
                                     word.substr(std::min(equals + 1, word.size())));
    }
    return path;
}

bool smtp_host::enhances() const {
    return std::ranges::any_of(behaviour_.offers,
                               [](const auto& line) { return wire::same_word(line, "ENHANCEDSTATUSCODES"); });
}

std::string smtp_host::text(const char* code, const char* enhanced, std::string_view words) const {
    if (!enhances() || *enhanced == '\0') return fmt::format("{} {}\r\n", code, words);
    return fmt::format("{} {} {}\r\n", code, enhanced, words);
}

std::string smtp_host::ehlo_reply() const {
    auto lines = behaviour_.offers;
    if (behaviour_.starttls && !secured_) lines.push_back("STARTTLS");
    if (!behaviour_.auth.empty()) lines.push_back("AUTH PLAIN LOGIN");
    std::string reply = fmt::format("250{}{}\r\n", lines.empty() ? ' ' : '-', behaviour_.greets_as);
    for (std::size_t i = 0; i < lines.size(); ++i)
        reply += fmt::format("250{}{}\r\n", i + 1 < lines.size() ? '-' : ' ', lines[i]);
    return reply;
}

const host_replies* smtp_host::written_reply(const std::string& verb, const std::string& argument) {
    if (verb == "RCPT")
        if (const auto own = behaviour_.recipients.find(wire::lower(host_path_of(argument).address));
            own != behaviour_.recipients.end())
            return &own->second;
    const auto found = behaviour_.answers.find(verb);
    return found == behaviour_.answers.end() ? nullptr : &found->second;
}

// What a sound server says (RFC 5321 §4.3.2), as far as it is not told otherwise.
std::string smtp_host::own_reply(const std::string& verb, const std::string& argument) {
    const bool lmtp = behaviour_.lmtp;
    if (verb == "greeting")
        return fmt::format("220 {} {} ready\r\n", behaviour_.greets_as, lmtp ? "LMTP" : "ESMTP");
    if (verb == (lmtp ? "LHLO" : "EHLO")) return ehlo_reply();
    if (verb == "HELO" && !lmtp) return fmt::format("250 {}\r\n", behaviour_.greets_as);
    if (verb == "MAIL") {
        if (!behaviour_.auth.empty() && !authenticated_)
            return text("530", "5.7.0", "authentication required");
        return in_transaction_ ? text("503", "5.5.1", "a transaction is open")
                               : text("250", "2.1.0", "sender fine");
    }
    if (verb == "RCPT") {
        if (!in_transaction_) return text("503", "5.5.1", "MAIL first");
        const auto address = wire::lower(host_path_of(argument).address);
        if (behaviour_.greylists && memory_.greylisted.insert(address).second)
            return text("450", "4.7.1", "greylisted, try again later");
        return text("250", "2.1.5", "recipient fine");
    }
    if (verb == "DATA") {
        if (!in_transaction_) return text("503", "5.5.1", "MAIL first");
        // RFC 2920 §3.1: DATA may have been on its way when all recipients were refused.
        if (session_.mails.back().recipients.empty()) return text("554", "5.5.1", "no valid recipients");
        return "354 go ahead, end with a dot\r\n";
    }
    if (verb == "message") {
        if (session_.mails.back().recipients.empty()) return text("554", "5.5.1", "no valid recipients");
        return text("250", "2.0.0", "taken");
    }
    if (verb == "BDAT") return text("250", "2.0.0", "chunk taken");
    if (verb == "STARTTLS" && behaviour_.starttls && !secured_) return text("220", "2.0.0", "go ahead");
    if (verb == "AUTH" && !behaviour_.auth.empty()) return text("235", "2.7.0", "welcome");
    if (verb == "RSET") return text("250", "2.0.0", "flushed");
    if (verb == "NOOP") return text("250", "2.0.0", "nothing done");
    if (verb == "VRFY") return text("252", "2.5.2", "send some mail, I will try");
    if (verb == "QUIT") return text("221", "2.0.0", "bye");
    return text("500", "5.5.1", "command not known");
}

host_reply smtp_host::reply_to(const std::string& verb, const std::string& argument) {
    if (const auto* written = written_reply(verb, argument)) {
        const auto address = verb == "RCPT" ? wire::lower(host_path_of(argument).address) : "";
        auto& turn = given_[behaviour_.recipients.contains(address) ? "RCPT " + address : verb];
        return (*written)[std::min(turn++, written->size() - 1)];
    }
    if (behaviour_.otherwise && verb != "QUIT") return *behaviour_.otherwise;
    return {own_reply(verb, argument), {}};
}

void smtp_host::answer(const std::string& verb, const std::string& argument) {
    if (verb == "AUTH" && !behaviour_.auth.empty() && !behaviour_.answers.contains("AUTH"))
        return begin_auth(argument);
    const auto reply = reply_to(verb, argument);
    give(reply);
    if (closed_) return;
    if (verb == "STARTTLS" && reply.octets && reply.octets->starts_with("220")) {
        waits_for_tls_ = true;
        do_now(behaviour_.broken_tls ? action::break_tls : action::start_tls);
    }
    if (verb == "QUIT" && reply.octets) close_with(action::close);
}

void smtp_host::give(const host_reply& reply) {
    if (reply.octets) say(*reply.octets);
    // Replies come in order: behind one that never comes there is none.
    mute_ = !reply.octets && reply.then == host_reply::end::stays;
    if (reply.then == host_reply::end::closes) close_with(action::close);
    if (reply.then == host_reply::end::resets) close_with(action::reset);
}

host_mail& smtp_host::transaction() {
    if (!in_transaction_) {
        session_.mails.emplace_back();
        in_transaction_ = true;
    }
    return session_.mails.back();
}

void smtp_host::settle(const std::string& reply) {
    if (unanswered_.empty()) return; // the greeting, or more than was asked for
    auto& command = session_.commands[unanswered_.front()];
    if (command.verb == "message") return settle_message(reply);
    unanswered_.pop_front();
    command.reply = reply;
    const auto& verb = command.verb;
    if (verb == "MAIL" && positive(reply)) {
        in_transaction_ = false;
        transaction().sender = host_path_of(command.argument);
    } else if (verb == "RCPT") {
        auto& mail = transaction();
        (positive(reply) ? mail.recipients : mail.refused).push_back(host_path_of(command.argument));
    } else if (verb == "DATA" && reply.starts_with("354")) {
        transaction();
        reading_ = reading::data;
        data_began_ = !unread_.empty();
    } else if (verb == "QUIT") {
        session_.ended = host_session::end::quit;
    } else if ((verb == "RSET" || verb == "EHLO" || verb == "HELO" || verb == "LHLO") && positive(reply)) {
        in_transaction_ = false;
    }
}

// ---- RFC 4954, RFC 4616 and the old LOGIN --------------------------------------------------------

void smtp_host::begin_auth(const std::string& argument) {
    const auto space = std::min(argument.find(' '), argument.size());
    const auto mechanism = wire::upper(argument.substr(0, space));
    const auto initial = argument.substr(std::min(space + 1, argument.size()));
    if (mechanism != "PLAIN" && mechanism != "LOGIN") return say(text("504", "5.5.4", "mechanism not known"));
    auth_step_ = mechanism == "PLAIN" ? "PLAIN" : "LOGIN user";
    reading_ = reading::auth;
    if (!initial.empty()) return take_auth(initial);
    say(mechanism == "PLAIN" ? "334 \r\n" : "334 VXNlcm5hbWU6\r\n");
    unanswered_.push_front(session_.commands.size() - 1); // the 334 was not the end of it
}

void smtp_host::take_auth(const std::string& line) {
    if (auth_step_ == "LOGIN user") {
        auth_user_ = decoded(line);
        auth_step_ = "LOGIN password";
        say("334 UGFzc3dvcmQ6\r\n");
        unanswered_.push_front(session_.commands.size() - 1);
        return;
    }
    reading_ = reading::command;
    std::string given;
    if (auth_step_ == "PLAIN") {
        auto response = decoded(line); // authzid NUL authcid NUL password
        const auto first = response.find('\0');
        given = first == std::string::npos ? "" : response.substr(first + 1);
        std::ranges::replace(given, '\0', ':');
    } else {
        given = auth_user_ + ":" + decoded(line);
    }
    authenticated_ = given == behaviour_.auth;
    say(authenticated_ ? text("235", "2.7.0", "welcome") : text("535", "5.7.8", "wrong user or password"));
}

} // namespace mailspec::world
