// The ways in which a recorded server could have been wrong, where a case claims to look: each a copy of
// the recording with the octets of the claim altered. DESIGN: a check that cannot fail is a defect.
#pragma once
#include "harness/script/replay.hpp"

#include <string>
#include <vector>

namespace mailspec::script {

struct mutant {
    std::string name;    // "code 250 becomes 550"
    bool content = true; // false: the reply is merely missing (lost, or the connection closed)
    recording server;
};

std::vector<mutant> mutants_of(const case_outcome& recorded);

// By kind of the claim's step; each appends to `all`.
void mutate_reply(const judged& step, const recording& from, std::vector<mutant>& all);
void mutate_imap(const judged& step, const recording& from, std::vector<mutant>& all);
void mutate_imap_window(const judged& step, const recording& from, std::vector<mutant>& all);
void mutate_pop3(const judged& step, const recording& from, std::vector<mutant>& all);
void mutate_close(const judged& step, const recording& from, std::vector<mutant>& all);
void mutate_silence(const judged& step, const recording& from, std::vector<mutant>& all);
void mutate_handshake(const judged& step, const recording& from, std::vector<mutant>& all);
void mutate_mailbox(const judged& step, const case_outcome& recorded, const recording& from,
                    std::vector<mutant>& all);
void mutate_host(const judged& step, const case_outcome& recorded, const recording& from,
                 std::vector<mutant>& all);
void mutate_query(const judged& step, const recording& from, std::vector<mutant>& all);
void mutate_dsn_look(const judged& step, const case_outcome& recorded, const recording& from,
                     std::vector<mutant>& all);
void mutate_dsn(const judged& step, const std::string& raw, const recording& from, std::vector<mutant>& all);
void mutate_message(const judged& step, const std::string& raw, const recording& from,
                    std::vector<mutant>& all);

} // namespace mailspec::script
