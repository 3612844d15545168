// STORE and UID STORE: RFC 9051 §6.4.6; conditional: RFC 7162 §3.1.3, §3.1.12; of messages that went
// meanwhile: RFC 2180 §4.2.
#include "reference/imap/message_commands.hpp"
#include "reference/imap/message_run.hpp"

#include <algorithm>

namespace refmail::imap {

namespace {

using change = decltype(mailbox::flag_change::how);

struct store_request {
    sequence_set messages;
    std::optional<mailbox::mod_sequence> unchanged_since;
    change how = change::replace;
    bool silent = false;
    named_flags flags;
};

store_request read_store(cursor& in) {
    store_request out;
    in.space();
    out.messages = in.sequence_set();
    in.space();
    if (in.peek() == '(') { // RFC 4466 §2.3, RFC 7162 §3.1.3
        in.open();
        if (!in.take_word("UNCHANGEDSINCE")) in.fail("expected UNCHANGEDSINCE, the only modifier of STORE");
        in.space();
        out.unchanged_since = in.mod_sequence();
        in.expect_close();
        in.space();
    }
    auto item = in.upper_atom();
    if (item.ends_with(".SILENT")) {
        out.silent = true;
        item.resize(item.size() - 7);
    }
    if (item == "+FLAGS")
        out.how = change::add;
    else if (item == "-FLAGS")
        out.how = change::remove;
    else if (item != "FLAGS")
        in.fail("expected FLAGS, +FLAGS or -FLAGS, perhaps with .SILENT");
    in.space();
    out.flags = in.flags();
    in.end();
    return out;
}

class store_run final : public message_run {
  public:
    store_run(selected_folder& in, modes& how, bool by_uid, store_request request)
        : message_run(in, how, by_uid, by_uid)
        , request_(std::move(request)) {}

  private:
    bool work(response_writer& out) override {
        if (!stored_) {
            if (request_.unchanged_since) in_.enable_condstore(out, how_);
            if (!store()) return true;
            stored_ = true;
            in_.tell_keywords(out);
        }
        for (; next_ < places_.size(); ++next_) {
            if (out.full()) return false;
            show(out, places_[next_]);
        }
        return result(how_it_ended());
    }

    // False: refused, result() says how.
    bool store() {
        auto places = in_.places(request_.messages, by_uid_);
        if (!places) return !result(no_such_number(places.error()));
        places_ = std::move(*places);
        if (in_.read_only()) return !result(only_examined());
        const auto bits = in_.bits_of(request_.flags, request_.how != change::remove);
        if (!bits) return !result(completion::of(bits.error()));
        change_.how = request_.how;
        change_.flags = *bits;
        std::vector<mailbox::uid> plain, spared;
        for (auto at : places_) {
            const auto& m = in_.messages()[at];
            if (m.gone)
                missing_ = true;
            else
                (changed_elsewhere_only(at) ? spared : plain).push_back(m.now.id);
        }
        std::erase_if(places_, [&](auto at) { return in_.messages()[at].gone; });
        mailbox::mod_sequence latest = 0;
        for (auto id : spared)
            latest = std::max(latest, in_.messages()[*in_.place_of(id)].now.modified);
        return store(plain, request_.unchanged_since) && store(spared, latest);
    }

    bool store(const std::vector<mailbox::uid>& ids, std::optional<mailbox::mod_sequence> unchanged_since) {
        if (ids.empty()) return true;
        change_.unchanged_since = unchanged_since;
        auto stored = in_.folder().store_flags(ids, change_);
        if (!stored) return !result(completion::of(stored.error()));
        for (const auto& r : stored->changed)
            in_.take(r);
        refused_.insert(refused_.end(), stored->modified.begin(), stored->modified.end());
        std::ranges::sort(refused_);
        if (!stored->missing.empty()) {
            missing_ = true;
            std::erase_if(places_, [&](auto at) {
                return std::ranges::find(stored->missing, in_.messages()[at].now.id) != stored->missing.end();
            });
        }
        return true;
    }

    // RFC 7162 §3.1.12: the client knew the message as it was at unchanged_since, and what somebody changed
    // after that is none of the flags that it is about to add or remove: no reason to refuse.
    bool changed_elsewhere_only(place at) const {
        if (!request_.unchanged_since || change_.how == change::replace) return false;
        const auto& now = in_.messages()[at].now;
        const auto told = in_.told_of(at);
        return now.modified > *request_.unchanged_since && told.modified <= *request_.unchanged_since &&
               ((told.flags ^ now.flags) & change_.flags) == 0;
    }

    mailbox::flag_set expected(mailbox::flag_set before) const {
        if (change_.how == change::add) return before | change_.flags;
        if (change_.how == change::remove) return before & ~change_.flags;
        return change_.flags;
    }

    void show(response_writer& out, place at) {
        const auto& m = in_.messages()[at];
        const auto told = in_.told_of(at);
        const bool refused = std::ranges::binary_search(refused_, m.now.id);
        // RFC 9051 §6.4.6: .SILENT hides our change, not what another session did. RFC 7162 §3.1.3: a message
        // that failed the test is shown as it is.
        const bool flags = !request_.silent || refused || m.now.flags != expected(told.flags);
        const bool modified = how_.condstore && (m.now.modified != told.modified || request_.unchanged_since);
        in_.told(at);
        if (!flags && !modified) return;
        out.put("* ");
        out.number(at + 1);
        out.put(" FETCH (");
        std::string_view gap;
        if (by_uid_ || how_.condstore || how_.rev2) { // RFC 9051 §6.4.9, RFC 7162 §3.2.4
            out.put("UID ");
            out.number(m.now.id);
            gap = " ";
        }
        if (flags) {
            out.put(gap);
            out.put("FLAGS ");
            in_.put_flags(out.octets(), m, how_);
            gap = " ";
        }
        if (how_.condstore) {
            out.put(gap);
            out.put("MODSEQ (");
            out.number(m.now.modified);
            out.put(')');
        }
        out.put(")\r\n");
    }

    completion how_it_ended() const {
        // RFC 2180 §4.2.1: with .SILENT nothing is lost by saying OK.
        const bool no = missing_ && !by_uid_ && !request_.silent;
        if (refused_.empty()) return no ? expunged_meanwhile() : completion::ok("STORE completed");
        std::vector<std::uint32_t> failed = refused_;
        if (!by_uid_)
            for (auto& id : failed)
                id = in_.place_of(id).value_or(0) + 1;
        const auto code = "MODIFIED " + set_text(failed);
        // RFC 7162 §3.1.3, example 11: MODIFIED in NO as well.
        if (no) return completion::no("Some of these messages no longer exist", code);
        return completion::ok("Conditional STORE failed for some messages", code);
    }

    const store_request request_;
    mailbox::flag_change change_;
    bool stored_ = false, missing_ = false;
    std::vector<place> places_; // that are there
    std::size_t next_ = 0;
    std::vector<mailbox::uid> refused_; // by UNCHANGEDSINCE, ascending
};

} // namespace

begun begin_store(cursor& arguments, selected_folder& in, modes& how, bool by_uid) {
    auto request = read_store(arguments);
    if (arguments.failed()) return std::unexpected(arguments.why());
    return std::make_unique<store_run>(in, how, by_uid, std::move(request));
}

} // namespace refmail::imap
