//! Pages from outside: nothing foreign acts, colours can be read, numbers add up, doors are shut.

mod browser;
mod contrast;
mod docs;
mod guard;
mod hostile;
mod house;
mod links;
mod pages;
mod sample;
mod tls;
mod visitor;
