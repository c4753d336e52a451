//! Pages from outside: nothing foreign acts, colours can be read, numbers add up.

mod contrast;
mod hostile;
mod links;
