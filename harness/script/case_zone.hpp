// The zone of a case: written out with its placeholders filled in, served while the case runs, and the
// questions that came. In a replay nothing is served: what was asked then is asked again. Judges nothing;
// interpreter_dns does. docs/suite-world.md, "Its DNS".
#pragma once
#include "harness/script/case_run.hpp"
#include "harness/script/expansion.hpp"
#include "harness/world/dns_server.hpp"

#include <memory>
#include <string>
#include <vector>

namespace mailspec::script {

class case_zone {
  public:
    // All outlive it. `step`: how many steps were carried out so far.
    case_zone(const suite::test_case& c, const case_environment& environment, case_outcome& outcome,
              const expansion& values, const std::size_t& step, const net::executor& on);
    ~case_zone();

    // On error: a sentence.
    std::expected<void, std::string> serve();

    // In a replay: what had been asked by the step that is being carried out.
    void catch_up();

    const std::vector<world::dns_question>& asked() const { return asked_; }
    net::event& changed() { return changed_; }

  private:
    bool replays() const { return environment_.recorded_world != nullptr; }
    void note(const world::dns_question& q);

    const suite::test_case& case_;
    const case_environment& environment_;
    case_outcome& outcome_;
    const expansion& values_;
    const std::size_t& step_;
    std::vector<world::dns_question> asked_;
    net::event changed_;
    std::unique_ptr<world::served_zone> served_;
    std::size_t next_ = 0; // of the recording
};

// A name as steps write it: relative to the zone, `@` for the zone itself, absolute with a dot at its end.
// Lower case, no last dot.
std::string absolute_name(std::string_view written, std::string_view zone);

// Is a question one that the step looks for? `name`: absolute, as above.
bool is_asked_for(const suite::expect_query& e, std::string_view name, const world::dns_question& q);

// The mistakes in the zone of a case, and in what its steps say of the DNS, as far as they show before
// addresses and the token are known. For suite::load_options::check.
std::vector<suite::problem> check_zone(const suite::test_case& c);

} // namespace mailspec::script
