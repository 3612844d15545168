// One walk over the steps in the order they run, with what is known at each: which service a connection
// reaches, which placeholders an enclosing `do` has replaced, which fragments are being run. Refuses names
// that do not exist and fragments that run themselves. Follows docs/suite-language.md, "Placeholders",
// "Blocks".
#include "harness/suite/resolver.hpp"

#include "harness/suite/claims.hpp"
#include "harness/suite/hosts_check.hpp"
#include "harness/suite/nearest_word.hpp"
#include "harness/suite/step_grammar.hpp"
#include "harness/suite/step_templates.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace mailspec::suite {

namespace {

const std::vector<std::string> placeholders = {"token", "domain",   "client",      "sender",     "recipient",
                                               "user",  "password", "local-part",  "unknown",    "foreign",
                                               "n",     "zone",     "server-name", "egress-port"};
const std::vector<std::string> of_mailboxes = {"mailbox", "mailbox2", "delimiter", "tag", "apop"};
const std::set<std::string> of_accounts = {"recipient", "user", "password", "local-part"};

// "recipient2" -> "recipient", 2. The account's number is 1 without digits, 0 when the digits make no sense.
std::pair<std::string, int> split_number(const std::string& name) {
    auto digits = name.find_last_not_of("0123456789") + 1;
    if (digits == name.size()) return {name, 1};
    auto number = name.substr(digits);
    bool good = number.size() <= 2 && number[0] != '0' && number != "1";
    return {name.substr(0, digits), good ? std::stoi(number) : 0};
}

class resolver {
  public:
    resolver(const std::string& service, const fragment_scope& fragments, const world_plan& world)
        : own_(service)
        , fragments_(fragments)
        , world_(world) {
        out_.services.push_back(service);
    }

    resolved_script run(std::vector<step> script) {
        for (const auto& line : world_.dns ? world_.dns->lines : std::vector<zone_line>()) {
            const step place(line.at, line.text.source, split{});
            placeholders_of(place, line.text);
        }
        for (const auto& host : world_.hosts)
            for_each_template(host,
                              [&](const step& s, const text_template& text) { placeholders_of(s, text); });
        steps(script, 1);
        out_.steps = std::move(script);
        return std::move(out_);
    }

  private:
    struct frame { // one `do` being run
        const fragment* running;
        std::map<std::string, bool> values; // placeholder it replaces -> met inside
    };

    void steps(std::vector<step>& script, int connection) {
        for (auto& s : script) {
            if (s.connection == 0) s.connection = connection;
            for_each_template(s.body, [&](const text_template& text) { placeholders_of(s, text); });
            for_each_bound_name(s.body, [&](const std::string& name) { bound_.insert(name); });
            if (auto* block = std::get_if<repeat_block>(&s.body)) {
                ++repeats_;
                steps(block->steps, s.connection);
                --repeats_;
            } else if (auto* block = std::get_if<either_block>(&s.body)) {
                bool up = server_up_;
                ++branches_;
                for (auto& branch : block->branches) {
                    server_up_ = up;
                    steps(branch, s.connection);
                }
                --branches_;
            } else if (auto* call = std::get_if<fragment_block>(&s.body)) {
                run_fragment(s, *call);
            } else {
                uses_of(s);
            }
        }
    }

    void run_fragment(step& s, fragment_block& call) {
        auto* found = fragments_.find(call.name, service_of(s.connection));
        if (!found) {
            auto names = fragments_.names(service_of(s.connection));
            return report(s.at,
                          fmt::format("unknown fragment `{}`{}; known are {}", call.name,
                                      did_you_mean(call.name, names),
                                      names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
        }
        found->used = true;
        auto calls_itself = [&](const frame& f) { return f.running == found; };
        if (std::ranges::any_of(frames_, calls_itself)) return report(s.at, circle(*found));

        for (auto& n : found->needs)
            imply(n, s.connection);
        call.steps = found->steps;
        frames_.push_back({found, {}});
        for (auto& [name, value] : call.values)
            frames_.back().values[name] = false;
        steps(call.steps, s.connection);
        for (auto& [name, met] : frames_.back().values)
            if (!met && !found->broken)
                report(s.at, fmt::format("fragment `{}` has no {{{}}} to replace", call.name, name));
        frames_.pop_back();
        move_claim(s, call, found->broken);
    }

    std::string circle(const fragment& again) const {
        std::string path;
        for (auto& f : frames_)
            if (!path.empty() || f.running == &again) path += f.running->name + " -> ";
        return fmt::format("fragment `{}` runs itself: {}{}", again.name, path, again.name);
    }

    // `check do`: the fragment's marked step, else its last expectation. A plain `do` claims nothing.
    void move_claim(step& s, fragment_block& call, bool broken) {
        if (!s.claim) return clear_claims(call.steps);
        s.claim = false;
        if (has_claim(call.steps) || mark_last_expectation(call.steps, true) || broken) return;
        report(s.at, fmt::format("fragment `{}` expects nothing, so it cannot be the claim", call.name));
    }

    void placeholders_of(const step& s, const text_template& text) {
        hosts_of(s, text);
        for (auto& name : text.bound())
            if (!bound_.contains(name))
                report(place(s, "$" + name),
                       fmt::format("found {{${0}}}, but no step before binds ${0}{1}", name,
                                   did_you_mean(name, {bound_.begin(), bound_.end()})));
        for (auto& name : text.fixtures())
            out_.fixtures.emplace(name, place(s, "fixture:" + name));
        for (auto& name : text.variables()) {
            if (replaced(s, name) || of_mailbox(s, name)) continue;
            auto [base, number] = split_number(name);
            bool numbered = base != name;
            if (numbered ? !of_accounts.contains(base) || number == 0
                         : std::ranges::find(placeholders, name) == placeholders.end())
                unknown(s, name);
            else if (name == "n" && repeats_ == 0)
                report(place(s, name), "found {n} outside `repeat`, expected it inside one");
            else if (of_accounts.contains(base))
                need_accounts(number);
            else if (name == "sender" && service_of(s.connection).starts_with("submission"))
                need_accounts(1); // submission takes mail from the leased account only (RFC 6409 §6.1)
        }
    }

    // Placeholders of the protocols in which mail is read; true: it is one of them.
    bool of_mailbox(const step& s, const std::string& name) {
        if (std::ranges::find(of_mailboxes, name) == of_mailboxes.end()) return false;
        const auto spoken = protocol_of(service_of(s.connection));
        if (name == "mailbox2") out_.mailboxes = 2;
        if (name == "mailbox" || name == "delimiter") out_.mailboxes = std::max(out_.mailboxes, 1);
        if (name == "tag" && spoken != protocol::imap)
            report(place(s, name),
                   "found {tag} on a connection that does not speak IMAP: nothing else has tags");
        if (name == "apop" && spoken != protocol::pop3)
            report(place(s, name), "found {apop} on a connection that does not speak POP3");
        if (name == "apop" && replaced(s, "password")) return true; // the secret that it is made of
        if (name != "tag") need_accounts(1);
        return true;
    }

    void hosts_of(const step& s, const text_template& text) {
        std::vector<std::string> known;
        for (const auto& host : world_.hosts)
            known.push_back(host.name);
        for (const auto& piece : text.hosts()) {
            if (std::ranges::find(known, piece.host) != known.end()) continue;
            report(place(s, std::string(name_of(piece.what)) + ":" + piece.host),
                   known.empty() ? fmt::format("the case has no `hosts`, so there is no `{}`", piece.host)
                                 : fmt::format("unknown host `{}`, expected {}{}", piece.host,
                                               word_list(known), did_you_mean(piece.host, known)));
        }
    }

    // The values of a call are read outside of it: its own frame is not there yet.
    bool replaced(const step&, const std::string& name) {
        for (auto f = frames_.rbegin(); f != frames_.rend(); ++f)
            if (auto value = f->values.find(name); value != f->values.end()) return value->second = true;
        return false;
    }

    void unknown(const step& s, const std::string& name) {
        auto all = placeholders;
        all.insert(all.end(), of_mailboxes.begin(), of_mailboxes.end());
        report(place(s, name), fmt::format("unknown placeholder {{{}}}{}; known are {}", name,
                                           did_you_mean(name, all), fmt::join(all, ", ")));
    }

    static source_pos place(const step& s, const std::string& name) {
        auto at = s.at;
        if (auto offset = s.source.find("{" + name); offset != std::string::npos)
            at.column += static_cast<int>(offset);
        return at;
    }

    void uses_of(const step& s) {
        if (auto* server = std::get_if<control_server>(&s.body)) return control(s, *server);
        if (auto* open = std::get_if<open_connection>(&s.body)) {
            auto& service = services_[s.connection] = open->service.empty() ? own_ : open->service;
            if (open->tls.asks())
                if (!is_tls_service(service))
                    report(
                        s.at,
                        fmt::format("`open` has options of TLS, but `{}` begins without it; use STARTTLS and "
                                    "`tls`",
                                    service));
        }
        use_service(service_of(s.connection));
        if (auto* open = std::get_if<open_connection>(&s.body); open && !open->state.empty())
            state_of(s, *open);
        if (std::holds_alternative<start_tls>(s.body) && !is_tls_service(service_of(s.connection)))
            imply_tls(s.connection);
        if (std::holds_alternative<retry_delivery>(s.body)) out_.retries = true;
        if (std::holds_alternative<advance_clock>(s.body)) out_.moves_clock = true;
        if (auto* dsn = std::get_if<expect_dsn>(&s.body)) {
            // The bounce comes to whoever the message was from: the leased account. That none comes (any
            // more) is known once a message of ours has come there.
            if (!dsn->where) out_.reads_mail = true;
            if (!dsn->where || dsn->negative || dsn->count) need_accounts(1);
        }
        if (auto* mail = std::get_if<expect_delivered>(&s.body)) {
            out_.reads_mail = true;
            if (!mail->recipient || mail->negative || mail->times) need_accounts(1);
        }
    }

    void state_of(const step& s, const open_connection& open) {
        const auto spoken = protocol_of(service_of(s.connection));
        const bool pop3 = open.state == "authorization" || open.state == "transaction";
        if (spoken != (pop3 ? protocol::pop3 : protocol::imap))
            report(s.at, fmt::format("found `open {}` on the service {}, expected it on {}", open.state,
                                     service_of(s.connection), pop3 ? "pop3 or pop3s" : "imap or imaps"));
        if (open.state != "nonauth" && open.state != "authorization") need_accounts(1);
        if (open.state == "selected" || open.state == "examine") out_.mailboxes = std::max(out_.mailboxes, 1);
    }

    // Behind an `either`, its last branch counts.
    void control(const step& s, const control_server& server) {
        using action = control_server::action;
        out_.restarts = true;
        bool starts = server.what == action::start;
        if (starts && server_up_)
            report(s.at, "found `server start`, expected `server stop` or `server kill` before it: the "
                         "server runs already");
        if (server.what == action::stop && !server_up_)
            report(s.at, "found `server stop`, expected `server start` before it: the server was stopped "
                         "already");
        server_up_ = starts;
    }

    std::string service_of(int connection) const {
        auto known = services_.find(connection);
        return known == services_.end() ? own_ : known->second;
    }

    // RFC 2595 §4: POP3 has STLS. Where mail is read, a handshake in a branch is one that need not come to
    // pass.
    void imply_tls(int connection) {
        const auto spoken = protocol_of(service_of(connection));
        if (spoken == protocol::smtp || branches_ == 0)
            imply(*parse_need(spoken == protocol::pop3 ? "STLS" : "STARTTLS"), connection);
    }

    void use_service(const std::string& service) {
        if (std::ranges::find(out_.services, service) == out_.services.end())
            out_.services.push_back(service);
    }

    void imply(need n, int connection) {
        if (auto service = service_of(connection); service != own_) n.service = service;
        add_need(out_.needs, n);
    }

    void need_accounts(int number) { out_.accounts = std::max(out_.accounts, number); }

    void report(const source_pos& at, std::string text) { out_.problems.push_back({at, std::move(text)}); }

    std::string own_;
    const fragment_scope& fragments_;
    const world_plan& world_;
    std::map<int, std::string> services_; // by connection
    std::vector<frame> frames_;
    std::set<std::string> bound_; // $names, by the steps so far
    int repeats_ = 0;
    int branches_ = 0; // of `either`, that are being walked
    bool server_up_ = true;
    resolved_script out_;
};

} // namespace

resolved_script resolve_script(std::vector<step> steps, const std::string& service,
                               const fragment_scope& fragments, const world_plan& world) {
    return resolver(service, fragments, world).run(std::move(steps));
}

} // namespace mailspec::suite
