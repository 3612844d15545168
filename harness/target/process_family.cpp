// Ancestry out of /proc/PID/stat; see the header. proc(5).
#include "harness/target/process_family.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <unistd.h>

namespace mailspec::target {

namespace {

struct facts {
    pid_t id = 0, parent = 0, session = 0;
    char state = 'Z';
    int threads = 1;

    // The first thread may be gone while others still hold the sockets.
    bool runs() const { return threads > 1 || (state != 'Z' && state != 'X'); }
};

std::optional<facts> facts_of(pid_t id) {
    const auto file = "/proc/" + std::to_string(id) + "/stat";
    const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0) return std::nullopt;
    char room[1024];
    const auto got = ::read(handle, room, sizeof room);
    ::close(handle);
    if (got <= 0) return std::nullopt;
    // The name of the program stands in parentheses, and may have spaces and parentheses in it.
    const std::string text(room, std::size_t(got));
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return std::nullopt;
    facts found;
    pid_t group = 0;
    std::istringstream rest(text.substr(name_end + 1));
    if (!(rest >> found.state >> found.parent >> group >> found.session)) return std::nullopt;
    std::string passed_over; // tty_nr to nice
    for (int i = 0; i < 13; ++i)
        rest >> passed_over;
    rest >> found.threads;
    found.id = id;
    return found;
}

std::vector<facts> everybody() {
    std::vector<facts> all;
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", code)) {
        const auto name = entry.path().filename().string();
        pid_t id = 0;
        const auto [end, status] = std::from_chars(name.data(), name.data() + name.size(), id);
        if (status != std::errc{} || end != name.data() + name.size()) continue;
        if (const auto found = facts_of(id)) all.push_back(*found);
    }
    return all;
}

} // namespace

std::vector<pid_t> family_of(pid_t first) {
    const auto all = everybody();
    std::set<pid_t> members{first};
    // A child may stand before its parent in the list, so once more until nobody is added.
    for (std::size_t before = 0; before != members.size();) {
        before = members.size();
        for (const auto& one : all)
            if (members.contains(one.parent) || members.contains(one.session)) members.insert(one.id);
    }
    std::vector<pid_t> running;
    for (const auto& one : all)
        if (one.runs() && members.contains(one.id)) running.push_back(one.id);
    if (all.empty() && ::kill(first, 0) == 0) running.push_back(first); // no /proc here
    return running;
}

std::vector<pid_t> kill_family(pid_t first) {
    std::vector<pid_t> halted;
    for (bool more = true; more;) {
        more = false;
        for (const auto id : family_of(first)) {
            if (std::ranges::find(halted, id) != halted.end()) continue;
            ::kill(id, SIGSTOP);
            halted.push_back(id);
            more = true;
        }
    }
    for (const auto id : halted)
        ::kill(id, SIGKILL);
    return halted;
}

bool any_runs(const std::vector<pid_t>& ids) {
    return std::ranges::any_of(ids, [](pid_t id) {
        const auto found = facts_of(id);
        return found && found->runs();
    });
}

} // namespace mailspec::target
