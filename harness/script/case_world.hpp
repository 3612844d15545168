// The world around the server under test, for one run of one case: its remote hosts listen, its zone is
// served, and what the server does to them is written down. In a replay nothing listens: what was recorded is
// fed to the same hosts. Judges nothing; interpreter_hosts does. docs/suite-language.md, "The world around
// the server".
#pragma once
#include "harness/script/case_run.hpp"
#include "harness/script/case_zone.hpp"
#include "harness/script/expansion.hpp"
#include "harness/script/host_plan.hpp"
#include "harness/world/remote_host.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mailspec::script {

class case_world final : world::host_observer {
  public:
    // All outlive it. `step`: how many steps were carried out so far.
    case_world(const suite::test_case& c, const case_environment& environment, case_outcome& outcome,
               expansion& values, const std::size_t& step);
    ~case_world() override; // takes it down
    case_world(const case_world&) = delete;
    case_world& operator=(const case_world&) = delete;

    // Addresses first, then hosts listen, then the zone is served. On error: a sentence.
    net::task<std::expected<void, std::string>> bring_up();

    // In a replay: what had happened by the step that is being carried out.
    void catch_up();

    const std::deque<world::host_session>& sessions() const { return log_->sessions; }
    net::event& changed() { return log_->changed; }
    case_zone& zone() { return *zone_; }
    void release(const std::string& host) { ++log_->released[host]; } // one `hold` of its script
    std::vector<std::string> host_names() const;

    // A host's own script that was not followed: where, in words.
    struct broken_script {
        const suite::step* at = nullptr;
        const world::host_session* session = nullptr;
        std::string wanted, got;
    };
    std::optional<broken_script> broken() const;
    // A connection whose script still waits for the server, where no other one to that host came through.
    std::optional<broken_script> unfinished() const;
    // The `check` lines of hosts' scripts that some connection passed, and those that none did.
    std::vector<const suite::step*> claims(bool passed) const;

  private:
    struct planned_host {
        const suite::host_plan* plan = nullptr;
        std::vector<planned_connection> connections;
        world::host_memory memory; // of a replay
    };
    struct replayed_connection {
        std::unique_ptr<world::smtp_host> host; // null: a policy host
    };
    using done = std::expected<void, std::string>;

    done lease(const suite::host_plan& host);
    done plan(const suite::host_plan& host);
    done listen(const suite::host_plan& host);
    done serve_policy(const suite::host_plan& host, std::unique_ptr<net::listener> listener);
    void fill_tlsa(const suite::host_plan& host, const net::tls_identity& identity);
    bool replays() const { return environment_.recorded_world != nullptr; }
    const planned_connection& planned(const world::host_session& s) const;

    void replay(const host_event& e);
    void replay_opening(std::size_t stream);

    void opened(const world::host_session& s) override;
    void received(const world::host_session& s, std::string_view octets) override;
    void written(const world::host_session& s, std::string_view octets) override;
    void secured(const world::host_session& s, const net::result<net::tls_facts>& outcome) override;
    void requested(const world::host_session& s, std::string_view line) override;
    void ended(const world::host_session& s, bool reset) override;
    void left(const world::host_session& s, bool reset) override;
    host_event& record(host_event::what kind, const world::host_session& s, std::string octets = {});
    void tell(net::transcript_entry::what kind, const world::host_session& s, std::string text);

    const suite::test_case& case_;
    const case_environment& environment_;
    case_outcome& outcome_;
    expansion& values_;
    const std::size_t& step_;
    net::executor on_;
    std::map<std::string, planned_host> hosts_;
    std::shared_ptr<world::host_log> log_;
    std::optional<case_zone> zone_;
    std::vector<std::unique_ptr<world::remote_host>> listening_;
    std::vector<replayed_connection> replayed_;
    std::size_t next_event_ = 0; // of the recording
};

// Connections to remote hosts have numbers of their own in a conversation, apart from the script's.
inline constexpr int first_host_connection = 1000;

} // namespace mailspec::script
