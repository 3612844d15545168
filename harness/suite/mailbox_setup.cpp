// Reading `state`, `messages` and `account`; see the header. RFC 9051 §3: the states of a session; §9: flag,
// date-time.
#include "harness/suite/mailbox_setup.hpp"

#include "harness/suite/nearest_word.hpp"
#include "harness/suite/services.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::suite {

namespace {

constexpr int most_messages = 10000;

const std::vector<std::string>& states_of(protocol spoken) {
    static const std::vector<std::string> none, imap = {"nonauth", "auth", "selected"},
                                                pop3 = {"authorization", "transaction"};
    if (spoken == protocol::imap) return imap;
    return spoken == protocol::pop3 ? pop3 : none;
}

bool is_flag(std::string_view word) {
    if (word.starts_with('\\')) word.remove_prefix(1);
    return !word.empty() && std::ranges::all_of(word, [](char c) {
        return c > ' ' && c < 127 && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
    });
}

// date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
bool is_date_time(std::string_view text) {
    static constexpr std::string_view form = "nn-aaa-nnnn nn:nn:nn znnnn";
    if (text.size() != form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const char c = text[i];
        const bool digit = c >= '0' && c <= '9', letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool fits = form[i] == 'n'   ? digit || (i == 0 && c == ' ')
                          : form[i] == 'a' ? letter
                          : form[i] == 'z' ? c == '+' || c == '-'
                                           : c == form[i];
        if (!fits) return false;
    }
    return true;
}

// "x3" -> 3; nullopt: it is something else.
std::optional<int> times_of(std::string_view word) {
    const auto digits = word.starts_with('x') ? word.substr(1) : std::string_view();
    if (digits.empty() || digits.size() > 5 || digits.find_first_not_of("0123456789") != digits.npos)
        return std::nullopt;
    return std::stoi(std::string(digits));
}

class setup {
  public:
    setup(const written_case& from, test_case& c, std::vector<problem>& problems)
        : from_(from)
        , c_(c)
        , problems_(problems)
        , spoken_(protocol_of(c.service)) {}

    void run() {
        state();
        account();
        for (const auto& line : from_.messages)
            messages(line);
        if (!from_.messages.empty() && !reads_mail())
            report(from_.messages.front().at, "found `messages` in a case that reads no mailbox, expected a "
                                              "connection to imap, imaps, pop3 or pop3s");
        if (static_cast<int>(c_.messages.size()) > most_messages)
            report(from_.messages.front().at,
                   fmt::format("found {} messages, expected at most {}", c_.messages.size(), most_messages));
        needs();
    }

  private:
    void state() {
        const auto& states = states_of(spoken_);
        if (!from_.state) {
            if (!states.empty()) c_.state = spoken_ == protocol::imap ? "auth" : "transaction";
            return;
        }
        c_.state = from_.state->text;
        if (states.empty())
            report(from_.state->at,
                   fmt::format("found `state` on the service {}, expected it on imap, imaps, pop3 or pop3s",
                               c_.service));
        else if (std::ranges::find(states, c_.state) == states.end())
            report(from_.state->at, fmt::format("unknown state `{}`, expected {}{}", c_.state,
                                                word_list(states), did_you_mean(c_.state, states)));
    }

    void account() {
        if (!from_.account) return;
        if (from_.account->text != "alone")
            return report(from_.account->at,
                          fmt::format("found the account `{}`, expected `alone`", from_.account->text));
        if (!reads_mail())
            return report(from_.account->at, "found `account: alone` in a case that reads no mailbox");
        c_.account_alone = true;
    }

    bool reads_mail() const {
        return std::ranges::any_of(c_.services,
                                   [](auto& service) { return protocol_of(service) != protocol::smtp; });
    }

    // NAME, then flags, "date" and x3 in any order.
    void messages(const written& line) {
        fixture_message message;
        int times = 1;
        std::string_view rest = line.text;
        while (!rest.empty()) {
            const bool quoted = rest[0] == '"';
            const auto end = std::min(rest.find(quoted ? '"' : ' ', quoted ? 1 : 0), rest.size());
            const auto word = rest.substr(quoted ? 1 : 0, end - (quoted ? 1 : 0));
            rest.remove_prefix(std::min(end + (quoted ? 1 : 0), rest.size()));
            while (rest.starts_with(' '))
                rest.remove_prefix(1);
            if (quoted && !is_date_time(word))
                return report(line.at,
                              fmt::format("found the date \"{}\", expected one as \"01-Feb-2024 10:00:00 "
                                          "+0100\"",
                                          word));
            if (quoted)
                message.date = word;
            else if (message.fixture.empty())
                message.fixture = word;
            else if (const auto number = times_of(word))
                times = *number;
            else if (is_flag(word))
                message.flags.emplace_back(word);
            else
                return report(line.at,
                              fmt::format("found `{}`, expected a flag as \\Seen, a date in quotes or how "
                                          "often, as x3",
                                          word));
        }
        if (message.fixture.empty() || times < 1 || times > most_messages)
            return report(line.at,
                          fmt::format("found `{}`, expected the name of a fixture and what it carries, as "
                                      "`plain`, `plain \\Seen` or `plain x3`",
                                      line.text));
        c_.messages.insert(c_.messages.end(), static_cast<std::size_t>(times), message);
    }

    // A server lets nobody see a mailbox without a login.
    void needs() {
        const bool logged_in = c_.state == "auth" || c_.state == "selected" || c_.state == "transaction";
        const bool mailbox = c_.state == "selected" || (spoken_ != protocol::pop3 && !c_.messages.empty());
        if (mailbox) c_.mailboxes = std::max(c_.mailboxes, 1);
        if (logged_in || c_.mailboxes > 0 || !c_.messages.empty() || c_.account_alone)
            c_.accounts = std::max(c_.accounts, 1);
        // RFC 1939 §4: a maildrop has one reader at a time.
        const bool pop3 = std::ranges::any_of(
            c_.services, [](auto& service) { return protocol_of(service) == protocol::pop3; });
        if (pop3 && c_.accounts > 0) c_.account_alone = true;
    }

    void report(const source_pos& at, std::string text) { problems_.push_back({at, std::move(text)}); }

    const written_case& from_;
    test_case& c_;
    std::vector<problem>& problems_;
    protocol spoken_;
};

} // namespace

void set_up_mailbox(const written_case& from, test_case& c, std::vector<problem>& problems) {
    setup(from, c, problems).run();
}

} // namespace mailspec::suite
