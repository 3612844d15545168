// How one step came out. Held, not held (the server's doing), or not judged: it is ours or the environment's,
// or the server declined what a case needs first, as it may, or what there is to see does not reach us.
#pragma once
#include "harness/suite/step.hpp"

#include <string>
#include <utility>

namespace mailspec::script {

struct step_result {
    enum class what { held, mismatch, trouble, refused, unseen };
    what kind = what::held;
    std::string expected;            // mismatch: lines for people
    std::string actual;              // mismatch: octets; else a sentence
    std::string seen;                // mismatch: lines for people, what came to remote hosts
    const suite::step* at = nullptr; // the innermost step; filled in by who ran it
    bool claim = false;
    bool before = false; // it came out before the step was reached: no claim is touched by it

    bool held() const { return kind == what::held; }
};

inline step_result holds() {
    return {};
}

inline step_result does_not_hold(std::string expected, std::string actual) {
    step_result r;
    r.kind = step_result::what::mismatch;
    r.expected = std::move(expected);
    r.actual = std::move(actual);
    return r;
}

// What the harness did itself, so that the script could begin, was not possible.
inline step_result not_reached(step_result r) {
    r.before = true;
    return r;
}

inline step_result refused(std::string sentence) {
    step_result r;
    r.kind = step_result::what::refused;
    r.actual = std::move(sentence);
    return r;
}

inline step_result unseen(std::string sentence) {
    step_result r;
    r.kind = step_result::what::unseen;
    r.actual = std::move(sentence);
    return r;
}

inline step_result troubled(std::string sentence) {
    step_result r;
    r.kind = step_result::what::trouble;
    r.actual = std::move(sentence);
    return r;
}

} // namespace mailspec::script
