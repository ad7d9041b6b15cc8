#include "runtime/core/crypto.h"

#include <unistd.h>

#include <set>
#include <stdexcept>
#include <string>

#include "tests/support/catch.h"

using namespace bora::crypto;

TEST_CASE("crypto: random bytes are as many as asked for, and never the same", "[core]") {
  CHECK(random_bytes(0).empty());
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(random_bytes(16));
  CHECK(seen.size() == 100);
  CHECK(seen.begin()->size() == 16);
}

TEST_CASE("crypto: parent and child draw different random bytes", "[core]") {
  static_cast<void>(random_bytes(1));  // so that both have what the generator was begun with
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const std::string drawn = random_bytes(16);
    ::_exit(::write(ends[1], drawn.data(), drawn.size()) == 16 ? 0 : 1);
  }
  const std::string own = random_bytes(16);
  std::string of_child(16, '\0');
  REQUIRE(::read(ends[0], of_child.data(), of_child.size()) == 16);
  CHECK(own != of_child);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("crypto: digests are those of FIPS 180", "[core]") {
  CHECK(to_hex(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(to_hex(sha1("")) == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(to_hex(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(size_of(Digest::sha1) == 20);
  CHECK(size_of(Digest::sha256) == 32);
  CHECK(size_of(Digest::sha512) == 64);
}

TEST_CASE("crypto: a digest does not depend on how the bytes come, and begins again after its end",
          "[core]") {
  Hasher hasher(Digest::sha512);
  hasher.update("a");
  hasher.update("");
  hasher.update("bc");
  const std::string first = hasher.finish();
  CHECK(to_hex(first) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  hasher.update("abc");
  CHECK(hasher.finish() == first);
}

TEST_CASE("crypto: keyed digests are those of RFC 2202 and RFC 4231", "[core]") {
  const std::string key(20, '\x0b');
  CHECK(to_hex(hmac_sha1(key, "Hi There")) == "b617318655057264e28bc0b6fb378c8ef146be00");
  CHECK(to_hex(hmac_sha256(key, "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  // A key that is longer than a block.
  CHECK(to_hex(hmac_sha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  // An empty key, also after a call that had one.
  CHECK(to_hex(hmac_sha256({}, "")) ==
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("crypto: a comparison in constant time gives the same result as any", "[core]") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("secret", "secret"));
  CHECK_FALSE(equal_in_constant_time("secret", "secres"));
  CHECK_FALSE(equal_in_constant_time("secret", "Secret"));
  CHECK_FALSE(equal_in_constant_time("secret", "secret "));
  CHECK_FALSE(equal_in_constant_time("", "s"));
}

TEST_CASE("crypto: a secret that was wiped is empty", "[core]") {
  std::string secret = "correct horse battery staple";
  const char* const place = secret.data();
  wipe(secret);
  CHECK(secret.empty());
  CHECK(place[0] == '\0');
}

TEST_CASE("crypto: hexadecimal there and back", "[core]") {
  CHECK(to_hex(std::string_view("\x00\xff\x1a", 3)) == "00ff1a");
  CHECK(from_hex("00fF1A") == std::string("\x00\xff\x1a", 3));
  CHECK(from_hex("") == "");
  CHECK_FALSE(from_hex("0"));
  CHECK_FALSE(from_hex("0g"));
  CHECK_FALSE(from_hex(" 0"));
}

TEST_CASE("crypto: base64 is that of RFC 4648", "[core]") {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"},
                                                          {"\xfb\xff", "+/8="}};
  for (const auto& [bytes, text] : examples) {
    CHECK(to_base64(bytes) == text);
    CHECK(from_base64(text) == bytes);
  }
  CHECK(to_base64url("\xfb\xff") == "-_8");
  CHECK(from_base64url("-_8") == "\xfb\xff");
  CHECK(from_base64url("-_8=") == "\xfb\xff");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(from_base64(to_base64(all)) == all);
  CHECK(from_base64url(to_base64url(all)) == all);
}

TEST_CASE("crypto: what is no base64 is refused", "[core]") {
  for (const char* text :
       {"Zg", "Zg=", "Zg===", "Z===", "=", "==", "====", "Zm9v=", "Zm9v====", "Z g=", "Zg==\n",
        "Zg=a", "-_8=", "Zh==", "Zm9=", "Zm9v\xff\xff\xff\xff"}) {
    INFO(text);
    CHECK_FALSE(from_base64(text));
  }
  for (const char* text : {"Z", "+/8", "Zh", "Zg=", "Zg===", "Zg==Zg", "Zm9v=", "="}) {
    INFO(text);
    CHECK_FALSE(from_base64url(text));
  }
  CHECK_FALSE(from_base64(std::string_view("Zg\0=", 4)));
}

TEST_CASE("crypto: tags of texts depend on each byte, the length and the secret", "[core]") {
  Tagger tagger("secret");
  std::string text(5000, 'x');
  const std::string tag = tagger.tag(text);
  CHECK(tag.size() == 16);
  CHECK(tagger.tag(text) == tag);
  CHECK(Tagger("secret").tag(text) == tag);
  CHECK(Tagger("secret!").tag(text) != tag);
  CHECK(tagger.tag(std::string_view(text).substr(1)) != tag);
  CHECK(tagger.tag(text + std::string(1, '\0')) != tag);
  for (const std::size_t at : {0, 15, 16, 2500, 4999}) {
    std::string other = text;
    other[at] = 'y';
    CHECK(tagger.tag(other) != tag);
  }
  CHECK(tagger.tag("") == Tagger("secret").tag(""));
  CHECK(tagger.tag("") != tagger.tag(std::string(1, '\0')));
}

TEST_CASE("crypto: keys out of passwords are those of RFC 7914", "[core]") {
  CHECK(to_hex(scrypt("", "", 64, {.cost = 16, .block_size = 1})) ==
        "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
        "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
  CHECK(to_hex(scrypt("password", "NaCl", 64,
                      {.cost = 1024, .block_size = 8, .parallelization = 16})) ==
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
  CHECK(scrypt("password", "salt", 0).empty());
}

TEST_CASE("crypto: work that scrypt can't do is refused", "[core]") {
  const ScryptWork impossible[] = {{.cost = 0},
                                   {.cost = 1},
                                   {.cost = 3},
                                   {.block_size = 0},
                                   {.parallelization = 0},
                                   {.cost = std::uint64_t{1} << 40},
                                   {.cost = std::uint64_t{1} << 63},
                                   {.block_size = 0xffffffff},
                                   {.parallelization = 0xffffffff}};
  for (const ScryptWork& work : impossible) {
    INFO(work.cost << ' ' << work.block_size << ' ' << work.parallelization);
    CHECK_THROWS_AS(scrypt("password", "salt", 32, work), std::invalid_argument);
  }
}
