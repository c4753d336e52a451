//! Tests of `index`, one binary; modules mirror the tree.
mod samples;
mod round_trip;
mod aliases;
mod lookup;
mod hostile;
mod tables;
mod delta;
mod delta_file;
