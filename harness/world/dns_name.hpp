// A domain name in wire form, lower case, as the key of tables: equal names are equal octets (RFC 4343), and
// the parent of a name is its tail. Knows no record.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace mailspec::world {

class dns_name {
  public:
    dns_name()
        : wire_(1, '\0') {} // the root

    // Presentation form with its escapes; relative to `origin` unless it ends in a dot; "@" is the origin.
    // nullopt: no name (an empty label, one of more than 63 octets, more than 255 in all).
    static std::optional<dns_name> parse(std::string_view text, const dns_name& origin);
    static std::optional<dns_name> absolute(std::string_view text); // with or without the last dot
    static dns_name from_wire(std::string_view wire);               // a whole name without pointers

    const std::string& wire() const { return wire_; }
    std::string text() const; // no last dot; the root is "."
    bool is_root() const { return wire_.size() == 1; }
    dns_name parent() const; // of the root: the root
    bool is_at_or_below(const dns_name& other) const;
    bool is_wildcard() const { return wire_.starts_with(std::string_view("\1*", 2)); }
    std::optional<dns_name> child(std::string_view label) const; // nullopt: too long

    bool operator==(const dns_name&) const = default;
    auto operator<=>(const dns_name&) const = default;

  private:
    std::string wire_;
};

} // namespace mailspec::world
