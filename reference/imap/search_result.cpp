// Numbers of many messages are written without anything between: 100,000 of them are the rule, not the
// exception.
#include "reference/imap/search_result.hpp"

#include <algorithm>

namespace refmail::imap {

namespace {

std::uint32_t number_of(place at, const selected_folder& in, bool by_uid) {
    return by_uid ? in.messages()[at].now.id : at + 1;
}

// RFC 7162 §3.1.5, RFC 4731 §3.2: of the messages that the response names.
mailbox::mod_sequence highest_of(const found_messages& found, const result_options& options,
                                 const selected_folder& in) {
    mailbox::mod_sequence highest = 0;
    const auto look = [&](place at) { highest = std::max(highest, in.messages()[at].now.modified); };
    if ((options.min || options.max) && !options.all && !options.count) {
        if (options.min) look(found.places.front());
        if (options.max) look(found.places.back());
    } else {
        std::ranges::for_each(found.places, look);
    }
    return highest;
}

// RFC 5267 §3.2: a range means ascending order, others stand alone.
void put_all(response_writer& out, const found_messages& found, const selected_folder& in, bool by_uid) {
    const auto& places = found.places;
    for (std::size_t i = 0; i < places.size();) {
        const auto first = number_of(places[i], in, by_uid);
        auto last = first;
        if (i > 0) out.put(',');
        for (++i; i < places.size() && number_of(places[i], in, by_uid) == last + 1; ++i)
            ++last;
        out.number(first);
        if (last != first) {
            out.put(':');
            out.number(last);
        }
    }
}

void put_esearch(response_writer& out, std::string_view tag, const found_messages& found,
                 const result_options& options, const selected_folder& in, bool by_uid) {
    out.put("* ESEARCH (TAG ");
    out.string(tag);
    out.put(by_uid ? ") UID" : ")");
    if (!found.places.empty()) { // RFC 9051 §7.3.4: nothing is said of nothing, but COUNT
        if (options.min) {
            out.put(" MIN ");
            out.number(number_of(found.places.front(), in, by_uid));
        }
        if (options.max) {
            out.put(" MAX ");
            out.number(number_of(found.places.back(), in, by_uid));
        }
        if (options.all) {
            out.put(" ALL ");
            put_all(out, found, in, by_uid);
        }
    }
    if (options.count) {
        out.put(" COUNT ");
        out.number(found.places.size());
    }
    if (found.with_mod_sequence && !found.places.empty()) {
        out.put(" MODSEQ ");
        out.number(highest_of(found, options, in));
    }
    out.put("\r\n");
}

} // namespace

result_options read_result_options(cursor& in) {
    result_options out;
    if (!in.take_word("RETURN")) return out;
    out.given = true;
    in.space();
    in.open();
    if (!in.close()) {
        do {
            if (in.take_word("MIN"))
                out.min = true;
            else if (in.take_word("MAX"))
                out.max = true;
            else if (in.take_word("ALL"))
                out.all = true;
            else if (in.take_word("COUNT"))
                out.count = true;
            else if (in.take_word("SAVE"))
                out.save = true;
            else
                in.fail("expected MIN, MAX, ALL, COUNT or SAVE");
        } while (in.take(' '));
        in.expect_close();
    }
    // RFC 9051 §6.4.4: RETURN () is RETURN (ALL).
    if (!out.min && !out.max && !out.count && !out.save) out.all = true;
    in.space();
    return out;
}

void put_found(response_writer& out, std::string_view word, std::string_view tag, const found_messages& found,
               const result_options& options, const selected_folder& in, const modes& how, bool by_uid) {
    // RFC 9051 §6.4.4: SAVE alone is answered by the tagged response alone.
    if (options.save && !options.min && !options.max && !options.all && !options.count) return;
    // SORT has its order to tell, which only RFC 5267 lets ESEARCH do, when RETURN asks for it.
    if (options.given || (how.rev2 && word == "SEARCH")) {
        auto asked = options;
        asked.all = asked.all || !options.given;
        return put_esearch(out, tag, found, asked, in, by_uid);
    }
    out.put("* ");
    out.put(word);
    for (auto at : found.places) {
        out.put(' ');
        out.number(number_of(at, in, by_uid));
    }
    if (found.with_mod_sequence && !found.places.empty()) {
        out.put(" (MODSEQ ");
        out.number(highest_of(found, options, in));
        out.put(')');
    }
    out.put("\r\n");
}

void save_found(const found_messages& found, const result_options& options, selected_folder& in) {
    if (!options.save) return;
    std::vector<mailbox::uid> ids;
    const auto keep = [&](place at) { ids.push_back(in.messages()[at].now.id); };
    if ((options.min || options.max) && !options.all && !options.count) {
        // RFC 9051 table 4: MIN and MAX without ALL and COUNT save what they name.
        if (options.min && !found.places.empty()) keep(found.places.front());
        if (options.max && !found.places.empty()) keep(found.places.back());
    } else {
        std::ranges::for_each(found.places, keep);
    }
    std::ranges::sort(ids);
    const auto doubled = std::ranges::unique(ids);
    ids.erase(doubled.begin(), doubled.end());
    in.save(std::move(ids));
}

} // namespace refmail::imap
