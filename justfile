list:
    @just --list

# Run it on the sample products
demo:
    cargo run --release -- demo

# Everything the tests need, then all tests
test:
    cargo xtask test

# The walls and names
tidy:
    cargo xtask tidy

# Judge the matcher
quality:
    cargo xtask quality

# Measure
bench:
    cargo xtask bench
