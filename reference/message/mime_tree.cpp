// The tree of a message's parts, in one pass over its lines. The parts that are open stand in a stack, the
// message itself at the bottom; a line that begins with "--" is compared with the boundaries of those that
// are multipart, the innermost first. RFC 2046 §5.1.
#include "reference/message/mime_tree.hpp"

#include "reference/message/mailbox.hpp"
#include "reference/message/mime_fields.hpp"

#include <algorithm>

namespace refmail::message {

namespace {

struct delimiter {
    std::size_t level = 0; // of the multipart that it delimits, in the stack
    bool closes = false;
};

class tree_reader {
  public:
    tree_reader(std::string_view message, const mime_limits& limits)
        : message_(message)
        , limits_(limits) {}
    mime_part read();

  private:
    struct open_part {
        mime_part part;
        bool in_digest = false; // it is a message unless it says otherwise
        bool in_header = true;
        std::string boundary;          // while delimiters are expected; else empty
        std::uint64_t lines_above = 0; // line ends in front of the body
    };

    void begin(bool in_digest);
    void end_header(std::size_t body_begin);
    void begin_children();
    void close_above(std::size_t level, std::size_t content_end, std::size_t line_begin);
    void take_line(std::string_view line);
    std::optional<delimiter> delimiter_in(std::string_view line) const;
    void take_delimiter(const delimiter& d, std::size_t line_begin);
    void add_empty_part(open_part& to);

    std::string_view message_;
    const mime_limits& limits_;
    std::vector<open_part> open_;
    std::size_t at_ = 0;          // behind the line that is taken
    std::uint64_t line_ends_ = 0; // in front of at_
    std::size_t parts_ = 0;
};

void tree_reader::begin(bool in_digest) {
    ++parts_;
    open_.emplace_back();
    open_.back().part.header = {at_, at_};
    open_.back().in_digest = in_digest;
}

// The header of the innermost part is over.
void tree_reader::end_header(std::size_t body_begin) {
    auto& inner = open_.back();
    inner.in_header = false;
    inner.part.header.end = body_begin;
    inner.part.body = {body_begin, body_begin};
    inner.lines_above = line_ends_;
    read_content_fields(inner.part.header.of(message_), inner.in_digest, inner.part);
    begin_children();
}

void tree_reader::begin_children() {
    auto& inner = open_.back();
    auto& part = inner.part;
    const bool multipart = part.is("multipart");
    const bool message = part.is("message", "rfc822") || part.is("message", "global");
    if (!multipart && !message) return;
    if (open_.size() >= limits_.depth || parts_ >= limits_.parts) {
        part.type = "application";
        part.subtype = "octet-stream";
        return;
    }
    if (message) {
        part.holds = mime_part::kind::message;
        begin(false);
        return;
    }
    part.holds = mime_part::kind::multipart;
    inner.boundary = part.parameter("boundary");
    // RFC 2046 §5.1.1: no boundary ends with a blank; and those behind a delimiter are padding.
    inner.boundary.erase(inner.boundary.find_last_not_of(" \t") + 1);
}

// RFC 9051 §9 knows no multipart without parts.
void tree_reader::add_empty_part(open_part& to) {
    mime_part empty;
    read_content_fields({}, false, empty);
    empty.header = empty.body = {to.part.body.end, to.part.body.end};
    to.part.children.push_back(std::move(empty));
    ++parts_;
}

// Closes all parts within that of `level`. `content_end` is in front of the line end that belongs to the
// delimiter, `line_begin` behind it.
void tree_reader::close_above(std::size_t level, std::size_t content_end, std::size_t line_begin) {
    std::size_t least_end = 0; // what a part holds ends no later than the part
    while (open_.size() > level) {
        if (open_.back().in_header) {
            // The header ended with the part. Its last line end is its own.
            end_header(line_begin);
            if (open_.back().in_header) continue; // an embedded message begins here, and ends at once
        }
        auto& inner = open_.back();
        auto& body = inner.part.body;
        body.end = std::max({body.begin, content_end, least_end});
        inner.part.lines = line_ends_ - inner.lines_above - (body.end < line_begin ? 1 : 0);
        least_end = body.end;
        if (inner.part.holds == mime_part::kind::multipart && inner.part.children.empty())
            add_empty_part(inner);
        if (open_.size() == 1) return;
        auto done = std::move(inner.part);
        open_.pop_back();
        open_.back().part.children.push_back(std::move(done));
    }
}

// RFC 2046 §5.1.1: it is enough that the boundary appears at the beginning of the line, whatever follows.
// Where one boundary begins like another, the line that is exactly a delimiter counts, then the longest.
std::optional<delimiter> tree_reader::delimiter_in(std::string_view line) const {
    if (!line.starts_with("--")) return std::nullopt;
    line.remove_prefix(2);
    std::optional<delimiter> best;
    std::size_t best_size = 0;
    for (std::size_t level = open_.size(); level-- > 0;) {
        const auto& boundary = open_[level].boundary;
        if (boundary.empty() || !line.starts_with(boundary)) continue;
        auto behind = line.substr(boundary.size());
        const bool open = behind.find_first_not_of(" \t\r\n") == std::string_view::npos;
        if (open) return delimiter{level, false};
        const bool closes = behind.starts_with("--");
        if (closes) behind.remove_prefix(2);
        const bool exact = closes && behind.find_first_not_of(" \t\r\n") == std::string_view::npos;
        if (exact) return delimiter{level, true};
        if (boundary.size() > best_size) {
            best = delimiter{level, closes};
            best_size = boundary.size();
        }
    }
    return best;
}

void tree_reader::take_delimiter(const delimiter& d, std::size_t line_begin) {
    // Past the limit, what would be a part belongs to the one before.
    if (!d.closes && parts_ >= limits_.parts && open_.size() > d.level + 1) return;
    // RFC 2046 §5.1.1: the line end in front of a delimiter belongs to it.
    auto content_end = line_begin;
    if (content_end > 0 && message_[content_end - 1] == '\n') --content_end;
    if (content_end > 0 && content_end < line_begin && message_[content_end - 1] == '\r') --content_end;
    const auto after = at_;
    at_ = line_begin;
    close_above(d.level + 1, content_end, line_begin);
    at_ = after;
    auto& multipart = open_[d.level];
    if (d.closes)
        multipart.boundary.clear();
    else
        begin(multipart.part.is("multipart", "digest"));
}

void tree_reader::take_line(std::string_view line) {
    const auto line_begin = at_;
    at_ += line.size();
    if (const auto d = delimiter_in(line)) {
        take_delimiter(*d, line_begin);
        if (line.ends_with('\n')) ++line_ends_;
        return;
    }
    if (line.ends_with('\n')) ++line_ends_;
    if (open_.back().in_header && (line == "\r\n" || line == "\n")) end_header(at_);
}

mime_part tree_reader::read() {
    begin(false);
    while (at_ < message_.size()) {
        // Only a line that begins with "--" matters in a body.
        const auto end = message_.find('\n', at_);
        take_line(message_.substr(at_, end == std::string_view::npos ? end : end + 1 - at_));
    }
    close_above(0, message_.size(), message_.size());
    return std::move(open_.front().part);
}

} // namespace

bool mime_part::is(std::string_view its_type) const {
    return equals_ignoring_case(type, its_type);
}

bool mime_part::is(std::string_view its_type, std::string_view its_subtype) const {
    return is(its_type) && equals_ignoring_case(subtype, its_subtype);
}

std::string_view mime_part::parameter(std::string_view name) const {
    return parameter_value(parameters, name);
}

mime_part parse_mime(std::string_view message, const mime_limits& limits) {
    return tree_reader(message, limits).read();
}

} // namespace refmail::message
