// FETCH and UID FETCH while they run: RFC 9051 §6.4.5, §7.5.2; RFC 7162 §3.1.4, §3.2.4, §3.2.6; of messages
// that went meanwhile: RFC 2180 §4.1. Flags alone never open a message; a big body is sent slice by slice.
#include "reference/imap/fetch_request.hpp"
#include "reference/imap/fetch_value.hpp"
#include "reference/imap/message_commands.hpp"
#include "reference/imap/message_run.hpp"

#include <algorithm>

namespace refmail::imap {

namespace {

using what = fetch_item::what;

// Items that the view knows without the message.
bool is_known(what w) {
    return w == what::flags || w == what::internal_date || w == what::size || w == what::uid ||
           w == what::mod_sequence;
}

// One item of the response that is being written.
struct pending_item {
    const fetch_item* item = nullptr;
    std::optional<fetched_value> value; // when it is needed; sections one after the other, see prepare()
};

bool is_section(what w) {
    return w == what::section || w == what::binary || w == what::binary_size;
}

class fetch_run final : public message_run {
  public:
    fetch_run(selected_folder& in, modes& how, bool by_uid, fetch_request request)
        : message_run(in, how, by_uid, by_uid)
        , request_(std::move(request))
        , sets_seen_(request_.sets_seen())
        , needs_message_(!std::ranges::all_of(request_.items, is_known, &fetch_item::wanted)) {}

  private:
    bool work(response_writer& out) override {
        if (!chosen_) {
            if (!choose(out)) return true;
            chosen_ = true;
        }
        // Messages that were opened cost time even when they give little to send.
        for (std::size_t opened = 0; opened < messages_in_a_slice;) {
            if (out.full()) return false;
            if (writing_) {
                if (!write_on(out)) return false;
                continue;
            }
            if (next_ == places_.size()) return result(how_it_ended());
            if (needs_message_) ++opened;
            begin_message(out, places_[next_++]);
        }
        return false;
    }

    bool choose(response_writer& out) {
        // RFC 7162 §3.1: asking for mod-sequences enables CONDSTORE.
        if (request_.changed_since || request_.asks(what::mod_sequence)) in_.enable_condstore(out, how_);
        auto places = in_.places(request_.messages, by_uid_);
        if (!places) return !result(no_such_number(places.error()));
        places_ = std::move(*places);
        if (!request_.changed_since) return true;
        std::erase_if(places_, [&](auto at) {
            const auto& m = in_.messages()[at];
            return m.gone || m.now.modified <= *request_.changed_since;
        });
        if (request_.vanished) tell_vanished(out);
        return true;
    }

    // RFC 7162 §3.2.6: before any FETCH response.
    void tell_vanished(response_writer& out) {
        auto went = in_.folder().since(*request_.changed_since).vanished;
        const auto asked = request_.messages.resolved(in_.uid_next() - 1);
        std::erase_if(went, [&](auto id) {
            return (!request_.messages.saved && !contains(asked, id)) || in_.place_of(id).has_value();
        });
        if (went.empty() || request_.messages.saved) return;
        out.put("* VANISHED (EARLIER) ");
        out.set(went);
        out.put("\r\n");
    }

    // Writes all of it, unless a literal has to be sent in slices.
    void begin_message(response_writer& out, place at) {
        if (sets_seen_ && next_ > seen_up_to_) set_seen(next_ - 1);
        const auto& m = in_.messages()[at];
        items_.clear();
        item_ = 0;
        if (needs_message_ && !prepare(m)) return;
        const bool made_seen = std::ranges::binary_search(made_seen_, m.now.id);
        out.put("* ");
        out.number(at + 1);
        out.put(" FETCH (");
        gap_ = "";
        const bool flags = request_.asks(what::flags) || made_seen;
        const bool modified =
            request_.asks(what::mod_sequence) || (how_.condstore && (made_seen || request_.changed_since));
        // RFC 9051 §6.4.9; RFC 7162 §3.2.4: also when \Seen was set by the way.
        if (!request_.asks(what::uid) && (by_uid_ || (how_.condstore && made_seen)))
            put_known(out, what::uid, m);
        if (made_seen && !request_.asks(what::flags)) put_known(out, what::flags, m);
        if (modified && !request_.asks(what::mod_sequence)) put_known(out, what::mod_sequence, m);
        if (flags && (modified || !how_.condstore)) in_.told(at);
        if (needs_message_) {
            writing_ = true;
            at_ = at;
            write_on(out);
            return;
        }
        for (const auto& item : request_.items)
            put_known(out, item.wanted, m);
        out.put(")\r\n");
    }

    // Finds out what can be had of a message before the first octet of its response is written: what cannot
    // is left out, and the command ends with NO. Sections are looked up when it is their turn: a client may
    // ask for thousands, and memory holds one. False: nothing is left to say.
    bool prepare(const known_message& m) {
        source_.emplace(in_.folder(), m.now.id);
        for (const auto& item : request_.items) {
            pending_item p{&item, {}};
            if (is_section(item.wanted)) {
                if (!source_->open()) return note(trouble_of(*source_));
                if (item.wanted != what::section && !encoding_is_known(item, *source_)) {
                    unknown_cte_ = true;
                    continue;
                }
            } else if (!is_known(item.wanted)) {
                auto value = value_of(item, *source_, in_.folder(), how_);
                if (!value) return note(value.error());
                p.value = std::move(*value);
            }
            items_.push_back(std::move(p));
        }
        return !items_.empty();
    }

    bool note(fetch_trouble what_happened) {
        if (what_happened == fetch_trouble::gone)
            gone_ = true;
        else if (!failed_)
            failed_ = source_->why();
        return false;
    }

    bool write_on(response_writer& out) {
        const auto& m = in_.messages()[at_];
        for (; item_ < items_.size(); ++item_) {
            auto& [item, value] = items_[item_];
            if (is_known(item->wanted)) {
                put_known(out, item->wanted, m);
                continue;
            }
            if (!literal_begun_) {
                if (out.full()) return false;
                // It is open and its encoding is known: this cannot fail.
                if (!value)
                    value = value_of(*item, *source_, in_.folder(), how_).value_or(fetched_value{"NIL"});
                out.put(gap_);
                gap_ = " ";
                out.put(item->name);
                out.put(' ');
                out.put(value->text);
                if (!value->text.empty()) continue;
                if (value->literal8)
                    out.literal8_header(value->octets.size());
                else
                    out.literal_header(value->octets.size());
                literal_begun_ = true;
            }
            if (!put_literal(out, *value)) return false;
            literal_begun_ = false;
            value.reset();
        }
        out.put(")\r\n");
        writing_ = false;
        source_.reset();
        return true;
    }

    static bool put_literal(response_writer& out, fetched_value& value) {
        constexpr std::size_t piece_size = 32 * 1024;
        while (!value.octets.empty()) {
            if (out.full()) return false;
            const auto piece = value.octets.substr(0, piece_size);
            value.octets.remove_prefix(piece.size());
            auto& to = out.octets();
            const auto before = to.size();
            to += piece;
            // RFC 9051 §4.3, §9 (CHAR8): no NUL in a literal. One octet for one: sizes stay true.
            if (!value.literal8 && piece.find('\0') != std::string_view::npos)
                std::replace(to.begin() + static_cast<std::ptrdiff_t>(before), to.end(), '\0', '\x80');
        }
        return true;
    }

    void put_known(response_writer& out, what wanted, const known_message& m) {
        out.put(gap_);
        gap_ = " ";
        switch (wanted) {
        case what::uid:
            out.put("UID ");
            out.number(m.now.id);
            break;
        case what::flags:
            out.put("FLAGS ");
            in_.put_flags(out.octets(), m, how_);
            break;
        case what::mod_sequence:
            out.put("MODSEQ (");
            out.number(m.now.modified);
            out.put(')');
            break;
        case what::size:
            out.put("RFC822.SIZE ");
            out.number(m.now.octets);
            break;
        default:
            out.put("INTERNALDATE ");
            put_internal_date(out.octets(), m.now.received, m.now.zone);
            break;
        }
    }

    // Marks what is about to be sent as read, a batch at a time: as much as goes out soon, so that a client
    // that goes away has not read the whole mailbox.
    void set_seen(std::size_t from) {
        std::vector<mailbox::uid> ids;
        std::uint64_t octets = 0;
        seen_up_to_ = from;
        while (seen_up_to_ < places_.size() && seen_up_to_ - from < messages_in_a_slice &&
               octets < response_writer::slice) {
            const auto& m = in_.messages()[places_[seen_up_to_++]];
            octets += m.now.octets;
            if (!m.gone && !(m.now.flags & mailbox::flag::seen)) ids.push_back(m.now.id);
        }
        made_seen_.clear();
        if (ids.empty() || in_.read_only()) return;
        mailbox::flag_change change;
        change.how = decltype(change.how)::add;
        change.flags = mailbox::flag::seen;
        // Not being able to is no reason not to give the message.
        const auto stored = in_.folder().store_flags(ids, change);
        if (!stored) return;
        for (const auto& r : stored->changed) {
            in_.take(r);
            made_seen_.push_back(r.id);
        }
        std::ranges::sort(made_seen_);
    }

    completion how_it_ended() const {
        if (failed_) return completion::of(*failed_);
        if (unknown_cte_)
            return completion::no("The transfer encoding of a part is not known", "UNKNOWN-CTE");
        // RFC 2180 §4.1.2; a UID that is not there is no error (RFC 9051 §6.4.9).
        if (gone_ && !by_uid_) return expunged_meanwhile();
        return completion::ok("FETCH completed");
    }

    static constexpr std::size_t messages_in_a_slice = 100;

    const fetch_request request_;
    const bool sets_seen_, needs_message_;
    bool chosen_ = false;
    std::vector<place> places_;
    std::size_t next_ = 0;

    // The response that is being written.
    bool writing_ = false, literal_begun_ = false;
    place at_ = 0;
    std::optional<open_message> source_;
    std::vector<pending_item> items_;
    std::size_t item_ = 0;
    std::string_view gap_;

    std::size_t seen_up_to_ = 0;
    std::vector<mailbox::uid> made_seen_; // of the last batch, ascending

    bool gone_ = false, unknown_cte_ = false;
    std::optional<mailbox::trouble> failed_;
};

} // namespace

begun begin_fetch(cursor& arguments, selected_folder& in, modes& how, bool by_uid) {
    auto request = read_fetch(arguments, how, by_uid);
    if (arguments.failed()) return std::unexpected(arguments.why());
    return std::make_unique<fetch_run>(in, how, by_uid, std::move(request));
}

} // namespace refmail::imap
