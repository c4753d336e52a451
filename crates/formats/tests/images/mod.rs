//! Images made by the tools of the world, read back; and images that mean harm.

mod disks;
mod hostile;
mod make;
mod refused;
mod same;
mod tree;
mod wrapped;
