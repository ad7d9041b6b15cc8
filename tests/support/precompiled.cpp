// Does nothing: its target is what the precompiled headers of the tests belong to.
int main() {}
