// How the tests of the interpreter say what must come of a script.
#pragma once
#include "harness/tests/script/fake_server.hpp"

#include <boost/test/unit_test.hpp>

#define HOLDS(run)                                                                                           \
    do {                                                                                                     \
        const fake::played p = run;                                                                          \
        BOOST_TEST(p.held(), p.str());                                                                       \
    } while (false)

// Mismatch with these lines of expectation and these octets.
#define FAILS(run, wanted, got)                                                                              \
    do {                                                                                                     \
        const fake::played p = run;                                                                          \
        BOOST_TEST((p.outcome.what == fake::script::case_outcome::kind::mismatch), p.str());                 \
        BOOST_TEST(p.expected() == wanted);                                                                  \
        BOOST_TEST(p.actual() == got);                                                                       \
    } while (false)

#define TROUBLE(run, sentence)                                                                               \
    do {                                                                                                     \
        const fake::played p = run;                                                                          \
        BOOST_TEST(p.in_trouble(), p.str());                                                                 \
        BOOST_TEST(p.outcome.trouble == sentence);                                                           \
    } while (false)
