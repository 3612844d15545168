// The catalogue of normative clauses, read from suites/requirements/rfcNNNN.tsv (columns id, section,
// level, party, observe, summary; first line names them). A summary `= id` means that row's requirement.
// Holds our words for a clause, never the RFC's text.
#pragma once
#include "harness/suite/source_pos.hpp"

#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::suite {

struct requirement {
    std::string id;      // "rfc5321-4.1.4-14"
    int rfc = 0;         // 5321
    std::string section; // "4.1.4"
    std::string level;   // MUST, "MUST NOT", SHOULD, "SHOULD NOT", MAY, none
    std::string party;   // smtp-server, submission-server, ...
    std::string observe; // dialog, delivery, egress, ...
    std::string summary; // "= id" already followed
    std::string same_as; // that id, or empty
    source_pos at;       // its row

    bool is_must() const { return level.starts_with("MUST"); }
    bool is_should() const { return level.starts_with("SHOULD"); }
    bool binds_server() const { return party.ends_with("-server"); }
    // Seen by a client, in a dialog or in delivered mail.
    bool is_served() const { return binds_server() && (observe == "dialog" || observe == "delivery"); }
    // Seen from where a server sends to: by remote hosts, in its bounces, in what it asks of the DNS.
    bool is_sent() const {
        const bool sends = binds_server() || party == "smtp-client" || party == "reporter";
        return sends && (observe == "egress" || observe == "report" || observe == "ingress-dns");
    }
    // What the suites must cover: a MUST or SHOULD (NOT) that shows from outside. Of what a server sends,
    // rows that are the same requirement (`= id`) count once, with the row that they point to.
    bool is_testable() const {
        if (!is_must() && !is_should()) return false;
        return is_served() || (is_sent() && same_as.empty());
    }
};

class requirement_catalogue {
  public:
    // Every rfc*.tsv of a folder; a malformed row is a problem with its file:line.
    static std::expected<requirement_catalogue, std::vector<problem>>
    load(const std::filesystem::path& folder);

    const requirement* find(std::string_view id) const;
    // The closest known id, for "did you mean"; empty when nothing is near.
    std::string nearest(std::string_view id) const;
    const std::vector<requirement>& all() const { return rows_; } // ordered by file, then row

  private:
    void read(const std::filesystem::path& file, int rfc, std::vector<problem>& problems);
    void follow_twins(std::vector<problem>& problems);

    std::vector<requirement> rows_;
    std::map<std::string, std::size_t, std::less<>> by_id_;
};

} // namespace mailspec::suite
