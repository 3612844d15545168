// A zone of a case: records in master-file format (RFC 1035 §5) with the directives of
// docs/suite-world.md, "Its DNS". Read whole or refused with every mistake in it. No socket here.
#pragma once
#include "harness/world/dns_master_file.hpp"

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::world {

class dns_zone {
  public:
    // `origin` without the last dot. Every mistake is told.
    static std::expected<std::shared_ptr<const dns_zone>, std::vector<zone_problem>>
    parse(std::string_view text, std::string_view origin);
    ~dns_zone();

    const std::string& origin() const;
    // Is a question about that name this zone's? All below the origin are, and those of records beside it.
    bool knows(std::string_view absolute_name) const;

    struct impl; // dns_zone_data.hpp
    const impl& data() const { return *impl_; }

  private:
    explicit dns_zone(std::unique_ptr<impl> made);
    std::unique_ptr<impl> impl_;
};

} // namespace mailspec::world
