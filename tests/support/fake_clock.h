#pragma once

#include <bora/testing/fake_clock.h>

namespace bora::test {
using testing::FakeClock;
}
