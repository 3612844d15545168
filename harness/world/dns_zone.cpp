// Zones of cases; see the header.
#include "harness/world/dns_zone.hpp"

namespace mailspec::world {

struct dns_zone::impl {
    std::string origin;
};

dns_zone::dns_zone(std::unique_ptr<impl> made)
    : impl_(std::move(made)) {}
dns_zone::~dns_zone() = default;

const std::string& dns_zone::origin() const {
    return impl_->origin;
}

std::expected<std::shared_ptr<const dns_zone>, std::vector<zone_problem>>
dns_zone::parse(std::string_view, std::string_view origin) {
    auto made = std::make_unique<impl>();
    made->origin = origin;
    return std::shared_ptr<const dns_zone>(new dns_zone(std::move(made)));
}

} // namespace mailspec::world
