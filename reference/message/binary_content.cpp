// Binary parts made base64; see the header. The message is copied once, with other octets in some places.
#include "reference/message/binary_content.hpp"

#include "reference/message/base64.hpp"
#include "reference/message/header_fields.hpp"
#include "reference/message/mime_tree.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>

namespace refmail::message {

namespace {

using kind = message::mime_part::kind;

class recoding {
  public:
    explicit recoding(std::string_view message)
        : message_(message) {}

    std::optional<std::string> done() {
        take(message::parse_mime(message_, limits_), 0, false);
        if (refused_) return std::nullopt;
        copy_to(message_.size());
        if (made_.find('\0') != std::string::npos) return std::nullopt;
        return std::move(made_);
    }

  private:
    void take(const message::mime_part& part, std::size_t depth, bool is_signed) {
        const bool binary = boost::algorithm::iequals(part.encoding, "binary");
        // What lies past the limits of the tree may be something else than it is taken for.
        const bool at_limit = depth + 1 >= limits_.depth || ++parts_ >= limits_.parts;
        if (binary) {
            refused_ = refused_ || is_signed || at_limit;
            // RFC 2046 §5.2: no other encoding may stand on message/partial and its like.
            refused_ = refused_ || (part.holds == kind::leaf && part.is("message"));
            if (refused_) return;
            rename_encoding(part.header, part.holds == kind::leaf ? "base64" : "8bit");
            if (part.holds == kind::leaf) encode(part.body);
        }
        is_signed = is_signed || part.is("multipart", "signed");
        for (const auto& child : part.children)
            take(child, depth + 1, is_signed);
    }

    void copy_to(std::size_t end) {
        made_ += message_.substr(copied_, end - copied_);
        copied_ = end;
    }

    // The first field of this name is the one that counts; a second one would only mislead others.
    void rename_encoding(const message::octet_range& header, std::string_view encoding) {
        message::header_fields fields(header.of(message_));
        while (const auto field = fields.next()) {
            if (!field->is("Content-Transfer-Encoding")) continue;
            const auto value = field->body();
            copy_to(static_cast<std::size_t>(value.data() - message_.data()));
            (made_ += ' ') += encoding;
            copied_ += value.size();
            const auto ends = value.ends_with("\r\n") ? 2 : value.ends_with('\n') ? 1 : 0;
            copied_ -= static_cast<std::size_t>(ends);
        }
    }

    // RFC 2045 §6.8: lines of at most 76 characters. No line end behind the last: none was there.
    void encode(const message::octet_range& body) {
        constexpr std::size_t in_a_line = 57;
        copy_to(body.begin);
        for (auto rest = body.of(message_); !rest.empty();) {
            made_ += message::encode_base64(rest.substr(0, in_a_line));
            rest.remove_prefix(std::min(in_a_line, rest.size()));
            if (!rest.empty()) made_ += "\r\n";
        }
        copied_ = body.end;
    }

    const message::mime_limits limits_;
    const std::string_view message_;
    std::string made_;
    std::size_t copied_ = 0; // of the message, so far
    std::size_t parts_ = 0;
    bool refused_ = false;
};

} // namespace

std::optional<std::string> without_binary(std::string_view message) {
    return recoding(message).done();
}

} // namespace refmail::message
