// The one main() of every unit-test program; Boost.Test makes it, test files only register cases.
#define BOOST_TEST_MODULE mailspec
#include <boost/test/unit_test.hpp>
