// A host as a suite has it -> how it behaves in this run: stock words spelt out, placeholders filled in, its
// own script as lines. Opens nothing.
#pragma once
#include "harness/script/expansion.hpp"
#include "harness/suite/world_plan.hpp"
#include "harness/world/host_behaviour.hpp"
#include "harness/world/policy_host.hpp"
#include "harness/world/test_ca.hpp"

#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace mailspec::script {

// The behaviour on one connection, and the step behind each line of its script.
struct planned_connection {
    world::host_behaviour behaviour;
    std::vector<const suite::step*> script;
};

// On error: a sentence. `zone`: below which the host is named.
std::expected<planned_connection, std::string> plan_connection(const suite::host_plan& host,
                                                               const suite::host_behaviour& written,
                                                               const std::string& zone, expansion& values);

// What a policy host does on one connection; certificate and delay are those of `planned`.
std::expected<world::policy_behaviour, std::string>
plan_policy(const suite::host_behaviour& written, const planned_connection& planned, const expansion& values);

// The certificate that a host shows; null: none (also for `broken`).
std::expected<std::shared_ptr<const net::tls_identity>, std::string>
certificate_of(const suite::host_plan& host, const suite::host_behaviour& written, const std::string& zone,
               const expansion& values, const world::test_ca& ca);

} // namespace mailspec::script
