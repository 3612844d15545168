// A message as text of an mbox, and back; see the header.
#include "reference/store/mbox_form.hpp"

#include "reference/store/content_digest.hpp"
#include "reference/store/mbox_from_line.hpp"

#include <algorithm>
#include <array>

namespace refmail::store {
namespace {

constexpr std::array<std::string_view, 9> records{
    "status", "x-status", "x-keywords", "x-uid", "x-imap", "x-imapbase", "x-uidl", "lines", "content-length"};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// The name of a field that is a record, lower case; else empty.
std::string_view record_in(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon > 20) return {};
    auto name = line.substr(0, colon);
    while (!name.empty() && (name.back() == ' ' || name.back() == '\t'))
        name.remove_suffix(1);
    for (const auto known : records)
        if (std::equal(name.begin(), name.end(), known.begin(), known.end(),
                       [](char a, char b) { return lower(a) == b; }))
            return known;
    return {};
}

bool is_continuation(std::string_view line) {
    return line.starts_with(' ') || line.starts_with('\t');
}

bool ends_header(std::string_view line) {
    return line == "\n" || line == "\r\n";
}

std::string_view next_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end == text.npos ? end : end + 1);
    text.remove_prefix(line.size());
    return line;
}

// Without the records of other programs in its header section.
std::string without_records(std::string_view stored) {
    std::string kept;
    kept.reserve(stored.size() + 100);
    bool in_record = false;
    while (!stored.empty()) {
        const auto line = next_line(stored);
        if (ends_header(line)) return kept.append(line).append(stored);
        in_record = is_continuation(line) ? in_record : !record_in(line).empty();
        if (!in_record) kept += line;
    }
    return kept;
}

bool is_to_quote(std::string_view line) {
    const auto first = line.find_first_not_of('>');
    return first != std::string_view::npos && line.substr(first).starts_with("From ");
}

} // namespace

mbox_info mbox_info::from(std::string_view text) {
    const auto end = std::min(text.find(';'), text.size());
    const auto forms = text.substr(end);
    return {std::string(text.substr(0, end)), forms.contains(";raw"), forms.contains(";open")};
}

std::string mbox_info::text() const {
    return letters + (raw ? ";raw" : "") + (open ? ";open" : "");
}

mailbox::flag_set flags_in_letters(std::string_view letters) {
    mailbox::flag_set flags = 0;
    for (const char c : letters)
        flags |= c == 'R'   ? mailbox::flag::seen
                 : c == 'A' ? mailbox::flag::answered
                 : c == 'F' ? mailbox::flag::flagged
                 : c == 'D' ? mailbox::flag::deleted
                 : c == 'T' ? mailbox::flag::draft
                            : 0;
    return flags;
}

bool is_quoted_from(std::string_view line) {
    return line.starts_with('>') && is_to_quote(line);
}

// One empty line at the end is the border to the next message, so each is kept back until another line comes.
void mbox_lines::take(std::string_view line, const sink& content) {
    if (in_header_) {
        if (ends_header(line)) {
            in_header_ = false;
        } else if (!is_continuation(line)) {
            const auto record = record_in(line);
            in_record_ = !record.empty();
            if (record == "status" || record == "x-status")
                for (const char c : line.substr(line.find(':') + 1))
                    if (c >= 'A' && c <= 'Z') letters_ += c;
            if (in_record_) return;
        } else if (in_record_) {
            return;
        }
    }
    if (empty_line_) content("\n");
    empty_line_ = line == "\n";
    if (empty_line_) return;
    if (line.ends_with('\n')) return content(line);
    content(std::string(line) + '\n');
}

std::string mbox_lines::letters() const {
    std::string sorted = letters_;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    return sorted;
}

mbox_entry mbox_entry_of(std::string_view stored, bool raw, std::string_view sender, std::int64_t when) {
    const std::string kept = without_records(stored);
    mbox_entry made;
    made.info.raw = raw;
    made.info.open = !kept.ends_with('\n');
    made.text = make_from_line(sender, when);
    made.text.reserve(made.text.size() + kept.size() + kept.size() / 64 + 2);
    const auto begin = made.text.size();
    made.octets = kept.size();
    bool after_return = false;
    for (std::string_view rest = kept; !rest.empty();) {
        const auto line = next_line(rest);
        if (is_to_quote(line)) made.text += '>';
        made.text += line;
        after_return = line.ends_with("\r\n");
        if (!raw && line.ends_with('\n') && !after_return) ++made.octets;
    }
    if (made.info.open) made.text += '\n';
    made.identity = digest_of(std::string_view(made.text).substr(begin));
    made.text += '\n';
    return made;
}

std::string served_from_mbox(std::string_view text, const mbox_info& how) {
    (void)next_line(text);
    std::string served;
    served.reserve(text.size() + text.size() / 32);
    mbox_lines lines;
    bool as_it_is = how.raw; // the end of the last line
    const mbox_lines::sink put = [&](std::string_view line) {
        if (is_quoted_from(line)) line.remove_prefix(1);
        served += line;
        as_it_is = how.raw || line.ends_with("\r\n");
        if (as_it_is) return;
        served.back() = '\r';
        served += '\n';
    };
    while (!text.empty())
        lines.take(next_line(text), put);
    // A CR in front of the LF that closed an open line is the message's.
    if (how.open) served.resize(served.size() - std::min(served.size(), std::size_t{as_it_is ? 1u : 2u}));
    return served;
}

} // namespace refmail::store
