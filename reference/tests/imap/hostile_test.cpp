// What no client would send: dialogs with octets changed, lost, doubled and swapped. The session must stay
// within its grammar, end or go on, and never take forever. The same mutations in every run. RFC 9051 §2.2.2,
// §9.
#include "reference/tests/imap/dialog.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <random>

using namespace imap_tests;

BOOST_AUTO_TEST_SUITE(hostile)

namespace {

const std::vector<std::string> dialogs{
    "a CREATE {3+}\r\nbox\r\nb LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (% \"*\") RETURN (CHILDREN STATUS "
    "(MESSAGES SIZE))\r\n",
    "a SELECT INBOX (CONDSTORE)\r\nb FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS "
    "(Subject)]<0.10>)\r\n"
    "c STORE 1 (UNCHANGEDSINCE 5) +FLAGS.SILENT (\\Seen $Work)\r\nd UID SEARCH RETURN (MIN ALL) OR (FROM "
    "\"x\") NOT {4+}\r\nTEXT y\r\n",
    "a ENABLE QRESYNC IMAP4rev2 UTF8=ACCEPT\r\nb SELECT INBOX (QRESYNC (1001 1 1:5 (1,2 1,2)))\r\n"
    "c UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)\r\nd IDLE\r\nDONE\r\ne SORT (REVERSE DATE SUBJECT) "
    "UTF-8 ALL\r\n",
    "a APPEND INBOX (\\Seen) \"01-Feb-2024 10:00:00 +0100\" {5+}\r\nhello (\\Draft k) {3+}\r\nbye\r\n"
    "b STATUS &U,BTFw- (MESSAGES UIDNEXT)\r\nc RENAME \"a\\\"b\" {1+}\r\nx\r\n",
    "a SELECT INBOX\r\nb COPY 1:2,$ box\r\nc UID MOVE *:1 INBOX\r\nd UID EXPUNGE 1:4294967295\r\ne THREAD "
    "REFERENCES UTF-8 "
    "SINCE 1-Feb-1994\r\nf CLOSE\r\n",
    "a ID (\"name\" \"x\" \"os\" NIL)\r\nb SETQUOTA \"\" (STORAGE 512 MESSAGE 3)\r\nc GETQUOTAROOT "
    "INBOX\r\nd LSUB \"\" %\r\n",
};

class mutator {
  public:
    explicit mutator(unsigned seed)
        : random_(seed) {}

    std::string mutate(std::string text) {
        for (auto n = below(4) + 1; n > 0 && !text.empty(); --n) {
            const auto at = below(text.size()), length = std::min(below(12) + 1, text.size() - at);
            switch (below(6)) {
            case 0: text[at] = static_cast<char>(below(256)); break;
            case 1: text.erase(at, length); break;
            case 2: text.insert(at, text.substr(at, length)); break;
            case 3: text.insert(at, std::string(length, "()\"{}\\*% \r\n\0"[below(12)])); break;
            case 4: text.insert(at, std::to_string(random_())); break;
            default: text.insert(at, text.substr(below(text.size()), length)); break;
            }
        }
        return text;
    }
    std::size_t below(std::size_t n) { return random_() % n; }

  private:
    std::minstd_rand random_;
};

// The N of a line that ends in "{N}".
std::optional<std::size_t> literal_of(std::string_view line) {
    if (!line.ends_with('}')) return std::nullopt;
    line.remove_suffix(1);
    const auto open = line.rfind('{');
    if (open == std::string_view::npos || open + 1 == line.size()) return std::nullopt;
    const std::string digits(line.substr(open + 1));
    if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return std::stoul(digits);
}

// Every line that does not belong to a literal begins as the grammar has it.
bool is_response_stream(std::string_view out) {
    while (!out.empty()) {
        auto end = out.find("\r\n");
        if (end == std::string_view::npos || out.find('\0') < end) return false;
        const bool begins = out.starts_with("* ") || out.starts_with("+ ") || out.find(' ') < end;
        if (!begins) return false;
        // A literal is skipped, and the rest of its line belongs to the response.
        while (const auto size = literal_of(out.substr(0, end))) {
            if (end + 2 + *size > out.size()) return false;
            out.remove_prefix(end + 2 + *size);
            end = out.find("\r\n");
            if (end == std::string_view::npos) return false;
        }
        out.remove_prefix(end + 2);
    }
    return true;
}

} // namespace

BOOST_AUTO_TEST_CASE(mutated_dialogs_never_break_the_grammar) {
    imap::policy policy;
    policy.limits.errors = 10'000;
    mutator m(20261122);
    std::size_t answers = 0;
    for (int i = 0; i < 20'000; ++i) {
        auto account = std::make_shared<memory_account>();
        put(*account, "INBOX", {"one", "two", "three"});
        imap::session s(policy, {"s1", "127.0.0.1", true}, noon(), [] {});
        std::string out;
        int actions = 0;
        const auto drain = [&] {
            while (auto a = s.next()) {
                BOOST_REQUIRE(++actions < 10'000);
                if (auto* sent = std::get_if<imap::send>(&*a)) out += sent->octets;
                if (std::get_if<imap::verify_password>(&*a))
                    s.password_checked(imap::password_verdict::good, account);
                if (std::get_if<imap::work>(&*a)) s.work(noon());
                if (std::get_if<imap::start_compression>(&*a)) s.compression_started();
            }
        };
        s.receive("login LOGIN alice alice-pw\r\n", noon());
        drain();
        const auto in = m.mutate(dialogs[static_cast<std::size_t>(i) % dialogs.size()]);
        const auto cut = m.below(in.size() + 1);
        s.receive(std::string_view(in).substr(0, cut), noon());
        drain();
        s.receive(std::string_view(in).substr(cut), noon());
        drain();
        s.changed();
        drain();
        BOOST_TEST(is_response_stream(out), "for " << in << "\ngot " << out);
        answers += static_cast<std::size_t>(std::ranges::count(out, '\n'));
    }
    // Most mutations leave commands that are carried out.
    BOOST_TEST(answers > 20'000u * 5);
}

BOOST_AUTO_TEST_CASE(bombs) {
    run(logged_in(), {{"a SELECT INBOX\r\n", "*"},
                      {"b SEARCH " + std::string(1000, '(') + "ALL" + std::string(1000, ')') + "\r\n", "*"},
                      {"c SEARCH " +
                           [] {
                               std::string nots;
                               for (int i = 0; i < 5000; ++i)
                                   nots += "NOT ";
                               return nots;
                           }() +
                           "ALL\r\n",
                       "*"},
                      {"d FETCH 1:4294967295 FLAGS\r\n", "*"},
                      {"e UID FETCH 4294967296 FLAGS\r\n",
                       "e BAD FETCH: a number is too large (at octet 13 of the command)\r\n"},
                      {"f UID FETCH 0 FLAGS\r\n",
                       "f BAD FETCH: expected a set of message numbers (at octet 13 of the command)\r\n"},
                      {"g UID FETCH 1:4294967295,1:4294967295,* FLAGS\r\n", "*"},
                      {"h NOOP\r\n", "h OK NOOP done\r\n"}});
}

// Each of these keys may have to read a message of 50 MB, and all of them before anybody else has a turn.
BOOST_AUTO_TEST_CASE(keys_that_read_much_are_counted) {
    const auto keys = [](int n, const std::string& one) {
        std::string out;
        for (int i = 0; i < n; ++i)
            out += one;
        return out;
    };
    run(logged_in(),
        {{"a SELECT INBOX\r\n", "*"},
         {"b SEARCH " + keys(100, "TEXT x ") + "ALL\r\n", "* SEARCH\r\nb OK SEARCH completed\r\n"},
         {"c SEARCH " + keys(50, "TEXT x BODY x ") + "NOT (BODY x)\r\n",
          "c BAD [LIMIT] SEARCH: too many BODY and TEXT keys (at octet 719 of the command)\r\n"},
         {"d SEARCH " + keys(1000, "TO x ") + "ALL\r\n", "* SEARCH\r\nd OK SEARCH completed\r\n"},
         {"e SEARCH " + keys(1000, "TO x ") + "CC x\r\n",
          "e BAD [LIMIT] SEARCH: too many keys that read the header (at octet 5012 of the command)\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
