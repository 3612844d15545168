// SORT and UID SORT: RFC 5256 §3; RETURN: RFC 5267 §3; MODSEQ: RFC 7162 §3.1.9. Only criteria of the header
// need one, and only then is it looked at.
#include "reference/imap/header_facts.hpp"
#include "reference/imap/message_commands.hpp"
#include "reference/imap/searching_run.hpp"

#include <algorithm>

namespace refmail::imap {

namespace {

enum class by { arrival, size, date, cc, from, subject, to };

struct criterion {
    by what = by::arrival;
    bool reverse = false;
};

criterion read_criterion(cursor& in) {
    criterion out;
    // RFC 5256 §5: "REVERSE" SP sort-key.
    if (in.take_word("REVERSE")) {
        in.space();
        out.reverse = true;
    }
    const auto word = in.upper_atom();
    constexpr std::pair<std::string_view, by> known[] = {
        {"ARRIVAL", by::arrival}, {"SIZE", by::size},       {"DATE", by::date}, {"CC", by::cc},
        {"FROM", by::from},       {"SUBJECT", by::subject}, {"TO", by::to},
    };
    for (const auto& [name, what] : known)
        if (name == word) {
            out.what = what;
            return out;
        }
    in.fail("expected ARRIVAL, CC, DATE, FROM, SIZE, SUBJECT or TO, or REVERSE and one of them");
    return out;
}

std::vector<criterion> read_criteria(cursor& in) {
    std::vector<criterion> out;
    in.open();
    do {
        const auto one = read_criterion(in);
        // The same again decides nothing.
        if (std::ranges::find(out, one.what, &criterion::what) == out.end()) out.push_back(one);
    } while (in.take(' '));
    in.expect_close();
    return out;
}

struct sorted_message {
    place at = 0;
    const mailbox::record* record = nullptr;
    std::unique_ptr<const header_facts> facts;                                   // if a criterion needs them
    std::int64_t sent() const { return facts->sent.value_or(record->received); } // RFC 5256 §2.2
};

int compare(const sorted_message& a, const sorted_message& b, by what) {
    const auto sign = [](const auto& x, const auto& y) { return x < y ? -1 : y < x ? 1 : 0; };
    switch (what) {
    case by::arrival: return sign(a.record->received, b.record->received);
    case by::size: return sign(a.record->octets, b.record->octets);
    case by::date: return sign(a.sent(), b.sent());
    case by::cc: return sign(a.facts->cc, b.facts->cc);
    case by::from: return sign(a.facts->from, b.facts->from);
    case by::subject: return sign(a.facts->subject, b.facts->subject);
    case by::to: return sign(a.facts->to, b.facts->to);
    }
    return 0;
}

class sort_run final : public searching_run {
  public:
    sort_run(selected_folder& in, modes& how, bool by_uid, search_program program, result_options options,
             std::vector<criterion> criteria, std::string tag)
        : searching_run(in, how, by_uid, std::move(program))
        , options_(options)
        , criteria_(std::move(criteria))
        , needs_header_(std::ranges::any_of(
              criteria_, [](const auto& c) { return c.what != by::arrival && c.what != by::size; }))
        , tag_(std::move(tag)) {}

  private:
    bool found(response_writer& out, std::vector<place> places) override {
        if (!begun_) {
            places_ = std::move(places);
            messages_.reserve(places_.size());
            begun_ = true;
        }
        for (std::size_t looked_at = 0; next_ < places_.size(); ++next_) {
            if (needs_header_ && ++looked_at > headers_in_a_slice) return false;
            take(places_[next_]);
        }
        // RFC 5256 §3: last of all, the order of the mailbox.
        std::ranges::stable_sort(messages_, [&](const auto& a, const auto& b) { return before(a, b); });
        found_messages all{{}, with_mod_sequence()};
        all.places.reserve(messages_.size());
        for (const auto& m : messages_)
            all.places.push_back(m.at);
        put_found(out, "SORT", tag_, all, options_, in_, how_, by_uid_);
        save_found(all, options_, in_);
        return result(completion::ok("SORT completed"));
    }

    void take(place at) {
        sorted_message m;
        m.at = at;
        m.record = &in_.messages()[at].now;
        if (needs_header_) {
            auto facts = header_facts_of(in_.folder(), m.record->id);
            if (!facts) return;        // expunged meanwhile
            facts->references.clear(); // THREAD's, and most of the memory
            facts->references.shrink_to_fit();
            m.facts = std::make_unique<const header_facts>(std::move(*facts));
        }
        messages_.push_back(std::move(m));
    }

    bool before(const sorted_message& a, const sorted_message& b) const {
        for (const auto& c : criteria_)
            if (const auto order = compare(a, b, c.what); order != 0) return (order < 0) != c.reverse;
        return false;
    }

    void refused() override {
        if (options_.save) in_.save({});
    }

    static constexpr std::size_t headers_in_a_slice = 500;

    const result_options options_;
    const std::vector<criterion> criteria_;
    const bool needs_header_;
    const std::string tag_;
    bool begun_ = false;
    std::vector<place> places_;
    std::size_t next_ = 0;
    std::vector<sorted_message> messages_;
};

} // namespace

begun begin_sort(cursor& arguments, selected_folder& in, modes& how, bool by_uid, std::string tag) {
    arguments.space();
    const auto options = read_result_options(arguments);
    auto criteria = read_criteria(arguments);
    arguments.space();
    auto program = read_search_program(arguments, how, true);
    if (arguments.failed()) return std::unexpected(arguments.why());
    return std::make_unique<sort_run>(in, how, by_uid, std::move(program), options, std::move(criteria),
                                      std::move(tag));
}

} // namespace refmail::imap
