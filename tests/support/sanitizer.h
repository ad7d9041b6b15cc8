#pragma once

// BORA_TEST_HAS_SANITIZER: 1 in builds that run slower and allocate differently because of a
// sanitizer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BORA_TEST_HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BORA_TEST_HAS_SANITIZER 1
#endif
#endif
#ifndef BORA_TEST_HAS_SANITIZER
#define BORA_TEST_HAS_SANITIZER 0
#endif
