// tests/main.cpp: the runner of every unit test executable.
#define BOOST_TEST_MODULE platter
#include <boost/test/unit_test.hpp>
