// The flow of one connection: units of what came, scripted lines, actions; see smtp_host.hpp. What the host
// answers is in smtp_host_replies.cpp, messages and chunks in smtp_host_data.cpp.
#include "harness/world/smtp_host.hpp"

#include "harness/wire/octets.hpp"

#include <algorithm>

namespace mailspec::world {

namespace {

constexpr std::size_t longest_line = 256 * 1024;
constexpr std::size_t most_commands = 100'000;
constexpr std::size_t most_octets = 80u << 20; // of one case; some stocks take messages of 64 MiB

std::string_view trimmed_end(std::string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

} // namespace

smtp_host::smtp_host(const host_behaviour& behaviour, host_session& into, host_counts& counts,
                     host_memory& memory)
    : behaviour_(behaviour)
    , session_(into)
    , counts_(counts)
    , memory_(memory) {}

void smtp_host::opened() {
    reply_due_ = true; // the greeting: what comes before it comes ahead
    if (behaviour_.script.empty() && !behaviour_.silent) {
        const auto* written = written_reply("greeting", "");
        give(written ? written->front() : host_reply{own_reply("greeting", ""), {}});
    }
    advance();
}

void smtp_host::received(std::string_view octets) {
    if (over_) return;
    counts_.octets += octets.size();
    if (counts_.octets > most_octets) {
        close_with(action::reset); // a flood: what came so far shows it
        over_ = true;
        return;
    }
    session_.octets += octets;
    if (unread_.empty()) ahead_ = reply_due_;
    unread_ += octets;
    advance();
    if (unread_.size() > longest_line && reading_ == reading::command) {
        say(text("500", "5.5.2", "line too long"));
        close_with(action::close);
        unread_.clear();
    }
}

void smtp_host::written() {
    if (unanswered_.empty() && half_reply_.empty()) reply_due_ = false;
}

void smtp_host::secured(const net::result<net::tls_facts>& outcome) {
    waits_for_tls_ = false;
    if (outcome) {
        // RFC 3207 §4.2: what was learned before is void.
        session_.tls = *outcome;
        secured_ = true;
        authenticated_ = in_transaction_ = reply_due_ = false;
        for (std::string line; take_line(line);) {
            host_command injected; // in the clear, behind STARTTLS: seen, and without effect
            injected.line = injected.verb = line;
            injected.ahead = true;
            session_.commands.push_back(std::move(injected));
        }
        unread_.clear();
        advance();
        return;
    }
    session_.tls_failed = true;
    session_.tls_error = outcome.error().text;
    if (scripted()) script_fails("the TLS handshake failed: " + session_.tls_error);
    close_with(action::close);
}

void smtp_host::ended(bool reset) {
    if (over_) return;
    over_ = true;
    const bool quit = !session_.commands.empty() && session_.commands.back().verb == "QUIT";
    if (session_.ended == host_session::end::open)
        session_.ended = quit    ? host_session::end::quit
                         : reset ? host_session::end::reset
                                 : host_session::end::eof;
    if (!scripted() || session_.failed) return;
    using what = host_line::what;
    const auto kind = behaviour_.script[script_at()].kind;
    if (kind == what::expect_close)
        ++script_at();
    else if (kind == what::expect || kind == what::expect_message || kind == what::tls)
        script_fails(reset ? "connection reset" : "connection closed");
}

std::optional<host_action> smtp_host::next() {
    if (to_do_.empty()) return std::nullopt;
    auto action = std::move(to_do_.front());
    to_do_.pop_front();
    return action;
}

void smtp_host::advance() {
    while (!waits_for_tls_) {
        if (scripted() && !closed_ && run_script()) continue;
        if (waits_for_tls_ || !take_unit()) return;
    }
}

// One thing that the client sent: a command, a message, a chunk. False: it is not all there yet.
bool smtp_host::take_unit() {
    using what = host_line::what;
    if (session_.commands.size() > most_commands) {
        if (!closed_) close_with(action::close);
        return false;
    }
    const bool wants_message = scripted() && behaviour_.script[script_at()].kind == what::expect_message;
    if (reading_ == reading::command && wants_message && !unread_.empty()) {
        reading_ = reading::data;
        data_began_ = ahead_;
    }
    if (reading_ == reading::data) return take_data();
    if (reading_ == reading::chunk) return take_chunk();
    std::string line;
    if (!take_line(line)) return false;
    if (reading_ == reading::auth)
        take_auth(line);
    else
        take_command(std::move(line));
    return true;
}

bool smtp_host::take_line(std::string& line) {
    const auto end = unread_.find('\n');
    if (end == std::string::npos) return false;
    line = trimmed_end(std::string_view(unread_).substr(0, end + 1));
    unread_.erase(0, end + 1);
    return true;
}

void smtp_host::take_command(std::string line) {
    host_command command;
    const auto space = std::min(line.find(' '), line.size());
    command.verb = wire::upper(line.substr(0, space));
    command.argument = line.substr(std::min(space + 1, line.size()));
    command.line = std::move(line);
    command.ahead = std::exchange(ahead_, true);
    command.secured = secured_;
    session_.commands.push_back(command);
    reply_due_ = true;
    if (closed_) { // nobody answers any more
        if (command.verb == "QUIT") session_.ended = host_session::end::quit;
        return;
    }
    unanswered_.push_back(session_.commands.size() - 1);
    if (command.verb == "BDAT") begin_chunk(command.argument);
    if (scripted()) return hold_against_script(command.line, false);
    if (session_.failed || (!behaviour_.script.empty() && !serving_) || behaviour_.silent || mute_) return;
    if (reading_ != reading::chunk) answer(command.verb, command.argument);
}

// ---- a dialog of its own -------------------------------------------------------------------------

// The next line, unless it waits for the client; true: something was done.
bool smtp_host::run_script() {
    using what = host_line::what;
    const auto& line = behaviour_.script[script_at()];
    switch (line.kind) {
    case what::expect:
    case what::expect_message:
    case what::expect_close: return false;
    case what::say: say(line.octets); break;
    case what::pause: to_do_.push_back({action::pause, {}, line.duration}); break;
    case what::hold: do_now(action::hold); break;
    case what::split: to_do_.push_back({action::pause, {}, std::chrono::milliseconds(2)}); break;
    case what::tls:
        waits_for_tls_ = true;
        do_now(behaviour_.broken_tls ? action::break_tls : action::start_tls);
        break;
    case what::close: close_with(action::close); break;
    case what::reset: close_with(action::reset); break;
    case what::serve: serving_ = true; break;
    }
    ++script_at();
    if (serving_ && !unanswered_.empty()) {
        // What came and is not answered yet is the stock's now.
        const auto waiting = std::exchange(unanswered_, {});
        for (const auto index : waiting) {
            unanswered_.push_back(index);
            const auto command = session_.commands[index];
            if (command.verb == "message")
                message_came();
            else
                answer(command.verb, command.argument);
        }
    }
    return true;
}

void smtp_host::hold_against_script(std::string_view unit, bool is_message) {
    using what = host_line::what;
    const auto& line = behaviour_.script[script_at()];
    const bool fits = line.kind == what::expect_message
                          ? is_message
                          : line.kind == what::expect && line.fits && line.fits(unit);
    if (!fits) return script_fails(std::string(unit.substr(0, 4096)) + (is_message ? "" : "\r\n"));
    ++script_at();
}

void smtp_host::script_fails(std::string got) {
    if (session_.failed) return;
    session_.failed =
        host_session::script_failure{script_at(), behaviour_.script[script_at()].wanted, std::move(got)};
    if (!over_) close_with(action::close);
}

// ---- what is done --------------------------------------------------------------------------------

void smtp_host::do_now(action kind) {
    to_do_.push_back({kind, {}, {}});
}

void smtp_host::close_with(action kind) {
    if (closed_) return;
    closed_ = true;
    do_now(kind);
    if (session_.ended != host_session::end::open) return;
    session_.ended = kind == action::reset ? host_session::end::reset : host_session::end::eof;
}

// Neighbouring texts go out in one write.
void smtp_host::say(std::string octets) {
    if (octets.empty()) return;
    if (behaviour_.delay.count() > 0) to_do_.push_back({action::pause, {}, behaviour_.delay});
    half_reply_ += octets;
    if (!to_do_.empty() && to_do_.back().kind == action::write)
        to_do_.back().octets += octets;
    else
        to_do_.push_back({action::write, std::move(octets), {}});
    // RFC 5321 §4.2.1: the last line of a reply has a space, or nothing, behind its code.
    std::size_t from = 0;
    for (auto end = half_reply_.find('\n'); end != std::string::npos; end = half_reply_.find('\n', from)) {
        const auto line = std::string_view(half_reply_).substr(from, end + 1 - from);
        const bool more = line.size() > 3 && line[3] == '-';
        from = end + 1;
        if (more) continue;
        const auto reply = half_reply_.substr(0, from);
        half_reply_.erase(0, std::exchange(from, 0));
        settle(reply);
    }
}

} // namespace mailspec::world
