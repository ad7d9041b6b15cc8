// This program does nothing: the tests' precompiled headers belong to its target.
int main() {}
