// A zone of a case: records in master-file format (RFC 1035 §5) with the directives of
// docs/suite-language.md, "Its DNS", and the answers it gives. No socket here.
#pragma once
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::world {

struct zone_problem {
    int line = 1; // of the text
    std::string text;
};

class dns_zone {
  public:
    // `origin` without the last dot. Every mistake is told.
    static std::expected<std::shared_ptr<const dns_zone>, std::vector<zone_problem>>
    parse(std::string_view text, std::string_view origin);
    ~dns_zone();

    const std::string& origin() const;

  private:
    friend class dns_answering;
    struct impl;
    explicit dns_zone(std::unique_ptr<impl> made);
    std::unique_ptr<impl> impl_;
};

} // namespace mailspec::world
