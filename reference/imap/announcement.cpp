// What SELECT and EXAMINE say of a mailbox, and QRESYNC's account of what changed: RFC 9051 §6.3.2, §6.3.3;
// RFC 3501 §6.3.1 (RECENT, UNSEEN); RFC 7162 §3.1.2, §3.1.8, §3.2.5. Not CLOSED and LIST: the session's.
#include "reference/imap/message_commands.hpp"

#include <algorithm>

namespace refmail::imap {

namespace {

// RFC 7162 §7 (select-param): known UIDs and match data are sets of numbers, without "*" and "$".
sequence_set known_set(cursor& in) {
    auto set = in.sequence_set();
    const bool open = std::ranges::any_of(set.ranges, [](const auto& r) {
        return r.first == sequence_set::star || r.last == sequence_set::star;
    });
    if (set.saved || open) in.fail("the numbers that a client knows are written without \"*\" and \"$\"");
    return set;
}

known_by_client read_qresync(cursor& in, const modes& how) {
    known_by_client out;
    // RFC 7162 §3.2.5
    if (!how.qresync) in.fail("QRESYNC needs ENABLE QRESYNC before");
    in.space();
    in.open();
    out.uid_validity = in.nz_number();
    in.space();
    out.since = in.mod_sequence();
    if (in.take(' ')) {
        if (in.peek() != '(') {
            out.ids = known_set(in);
            if (!in.take(' ')) {
                in.expect_close();
                return out;
            }
        }
        in.open();
        out.match_numbers = known_set(in);
        in.space();
        out.match_ids = known_set(in);
        in.expect_close();
    }
    in.expect_close();
    return out;
}

// The numbers of a set one by one, at most `most`: what a client sends as ranges may be huge.
std::vector<std::uint32_t> numbers_of(const sequence_set& set, std::size_t most) {
    std::vector<std::uint32_t> out;
    for (const auto& r : set.resolved(0))
        for (std::uint64_t n = r.first; n <= r.last && out.size() < most; ++n)
            out.push_back(static_cast<std::uint32_t>(n));
    return out;
}

class announcement final : public command_run {
  public:
    announcement(selected_folder& of, select_options options, modes& how)
        : of_(of)
        , options_(std::move(options))
        , how_(how) {}

    bool step(response_writer& out) override {
        if (!said_) {
            if (options_.condstore) how_.condstore = true;
            say(out);
            said_ = true;
        }
        if (catching_up_)
            for (const auto count = of_.messages().size(); next_ < count; ++next_) {
                if (out.full()) return false;
                say_changed(out, next_);
            }
        return done(of_.read_only() ? completion::ok("Open, for reading only", "READ-ONLY")
                                    : completion::ok("Open", "READ-WRITE"));
    }

  private:
    void say(response_writer& out) {
        of_.put_defined_flags(out);
        out.untagged(std::to_string(of_.count()) + " EXISTS");
        if (!how_.rev2) say_for_rev1(out);
        out.untagged("OK", "UIDVALIDITY " + std::to_string(of_.uid_validity()), "UIDs are valid");
        out.untagged("OK", "UIDNEXT " + std::to_string(of_.uid_next()), "The next UID");
        out.untagged("OK", "HIGHESTMODSEQ " + std::to_string(of_.settled()), "The last change");
        // RFC 7162 §3.2.5: other UIDs than the client knows: it has nothing to catch up with.
        if (!options_.known || options_.known->uid_validity != of_.uid_validity()) return;
        catching_up_ = true;
        const auto largest = of_.uid_next() - 1;
        if (options_.known->ids)
            known_ids_ = options_.known->ids->resolved(largest);
        else if (largest > 0)
            known_ids_ = {{1, largest}};
        say_vanished(out);
    }

    // RFC 9051 appendix E: gone from IMAP4rev2.
    void say_for_rev1(response_writer& out) {
        out.untagged(std::to_string(of_.recent_count()) + " RECENT");
        if (const auto number = of_.first_unseen(); number != 0)
            out.untagged("OK", "UNSEEN " + std::to_string(number), "The first unseen one");
    }

    // RFC 7162 §3.2.5.1, §3.2.10.1
    void say_vanished(response_writer& out) {
        auto went = of_.folder().since(options_.known->since).vanished;
        const auto known_up_to = matched();
        std::erase_if(went, [&](auto id) {
            return id <= known_up_to || !contains(known_ids_, id) || of_.place_of(id).has_value();
        });
        if (went.empty()) return;
        out.put("* VANISHED (EARLIER) ");
        out.set(went);
        out.put("\r\n");
    }

    // RFC 7162 §3.2.5.2: where number and UID still belong together, the client knows all that went before.
    mailbox::uid matched() const {
        const auto& messages = of_.messages();
        const auto numbers = numbers_of(options_.known->match_numbers, messages.size());
        const auto ids = numbers_of(options_.known->match_ids, messages.size());
        mailbox::uid last = 0;
        for (std::size_t i = 0; i < std::min(numbers.size(), ids.size()); ++i) {
            if (numbers[i] > messages.size() || messages[numbers[i] - 1].now.id != ids[i]) break;
            last = ids[i];
        }
        return last;
    }

    void say_changed(response_writer& out, std::size_t at) {
        const auto& m = of_.messages()[at];
        if (m.now.modified <= options_.known->since || !contains(known_ids_, m.now.id)) return;
        out.put("* ");
        out.number(at + 1);
        out.put(" FETCH (UID ");
        out.number(m.now.id);
        out.put(" FLAGS ");
        of_.put_flags(out.octets(), m, how_);
        out.put(" MODSEQ (");
        out.number(m.now.modified);
        out.put("))\r\n");
    }

    selected_folder& of_;
    const select_options options_;
    modes& how_;
    bool said_ = false, catching_up_ = false;
    std::vector<number_range> known_ids_;
    std::size_t next_ = 0;
};

} // namespace

select_options read_select_options(cursor& arguments, const modes& how) {
    select_options out;
    if (!arguments.take(' ')) return out;
    arguments.open();
    do {
        if (arguments.take_word("CONDSTORE"))
            out.condstore = true;
        else if (arguments.take_word("QRESYNC"))
            out.known = read_qresync(arguments, how);
        else
            arguments.fail("expected CONDSTORE or QRESYNC");
    } while (arguments.take(' '));
    arguments.expect_close();
    return out;
}

std::unique_ptr<command_run> begin_announcement(selected_folder& of, select_options options, modes& how) {
    return std::make_unique<announcement>(of, std::move(options), how);
}

} // namespace refmail::imap
