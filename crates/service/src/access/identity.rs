//! Somebody who is known: the person, the organisation, the roles, and the token where one was shown.

use std::collections::BTreeSet;

use model::access::{Act, May, Role};
use store::grant::Grant;
use store::person::Person;
use store::{Products, Scope};

use super::table;
use crate::house::Fault;

/// Who asks. Everything that is done for somebody begins with one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The person, also where a token was shown: a token is the word of its person.
    pub person: i64,
    /// Name at sign-in; what decisions are signed with.
    pub login: String,
    /// Name for people.
    pub name: String,
    /// The organisation.
    pub organisation: i64,
    /// Roles of the person.
    pub grants: Vec<Grant>,
    /// What was shown instead of a session, with its limits.
    pub token: Option<Limits>,
}

/// What a token may do at most: a part of what its person may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Id of the token.
    pub token: i64,
    /// In these roles only.
    pub roles: BTreeSet<Role>,
    /// On these products only.
    pub products: Products,
}

impl Identity {
    /// A person with roles.
    pub(crate) fn new(person: Person, grants: Vec<Grant>, token: Option<Limits>) -> Identity {
        let Person { id, organisation, login, name, .. } = person;
        Identity { person: id, login, name, organisation, grants, token }
    }

    /// As the log names the actor: `person/5`, `token/7`.
    pub fn actor(&self) -> String {
        match &self.token {
            Some(limits) => format!("token/{}", limits.token),
            None => self.hand(),
        }
    }

    /// The person who answers for it: `person/5`, by token or not.
    pub fn hand(&self) -> String {
        format!("person/{}", self.person)
    }

    /// How far an act goes on a product.
    pub fn may(&self, act: Act, product: i64) -> May {
        self.reaching(act).filter(|(of, _)| reaches(of, product)).map(|(_, may)| may).max().unwrap_or(May::No)
    }

    /// How far an act goes on everything of the organisation.
    pub fn may_everywhere(&self, act: Act) -> May {
        let everywhere = self.reaching(act).filter(|(of, _)| *of == Products::All);
        everywhere.map(|(_, may)| may).max().unwrap_or(May::No)
    }

    /// How far an act goes on a product; at least a proposal.
    ///
    /// # Errors
    /// `Denied` when it goes nowhere.
    pub fn must(&self, act: Act, product: i64) -> Result<May, Fault> {
        match self.may(act, product) {
            May::No => Err(denied(act)),
            may => Ok(may),
        }
    }

    /// Refuses what is not allowed for the whole organisation.
    ///
    /// # Errors
    /// `Denied`.
    pub fn must_everywhere(&self, act: Act) -> Result<Scope, Fault> {
        match self.may_everywhere(act) {
            May::No => Err(denied(act)),
            _ => self.scope(act),
        }
    }

    /// The border for an act: the products on which somebody may do it at all, in the role that goes furthest.
    ///
    /// # Errors
    /// `Denied` when there is no role for it.
    pub fn scope(&self, act: Act) -> Result<Scope, Fault> {
        let mut products: Option<Products> = None;
        for (of, _) in self.reaching(act) {
            products = Some(match (products, of) {
                (Some(Products::All), _) | (_, Products::All) => Products::All,
                (Some(Products::Some(known)), Products::Some(of)) => {
                    Products::Some(known.union(&of).copied().collect())
                }
                (None, of) => of,
            });
        }
        let role = self.roles().map(|(grant, _)| grant.role).max_by_key(|role| table::may(act, *role));
        let (Some(products), Some(role)) = (products, role) else { return Err(denied(act)) };
        if products == Products::Some(BTreeSet::new()) {
            return Err(denied(act));
        }
        Ok(Scope { organisation: self.organisation, products, role })
    }

    /// Roles in force, with the products they reach: of a token what both its person and it have.
    fn roles(&self) -> impl Iterator<Item = (&Grant, Products)> {
        self.grants.iter().filter_map(|grant| {
            let of_person = grant.product.map_or(Products::All, |id| Products::Some(BTreeSet::from([id])));
            let Some(limits) = &self.token else { return Some((grant, of_person)) };
            limits.roles.contains(&grant.role).then(|| (grant, both(of_person, &limits.products)))
        })
    }

    fn reaching(&self, act: Act) -> impl Iterator<Item = (Products, May)> {
        self.roles().filter_map(move |(grant, products)| {
            let may = table::may(act, grant.role);
            (may != May::No).then_some((products, may))
        })
    }
}

fn reaches(products: &Products, product: i64) -> bool {
    match products {
        Products::All => true,
        Products::Some(ids) => ids.contains(&product),
    }
}

fn both(one: Products, other: &Products) -> Products {
    match (one, other) {
        (Products::All, other) => other.clone(),
        (one, Products::All) => one,
        (Products::Some(one), Products::Some(other)) => {
            Products::Some(one.intersection(other).copied().collect())
        }
    }
}

/// What is said to somebody without the role.
pub(crate) fn denied(act: Act) -> Fault {
    let roles: Vec<&str> = (table::COLUMNS.iter())
        .filter(|role| table::may(act, **role) != May::No)
        .map(|role| role.word())
        .collect();
    Fault::Denied(format!("{} needs one of the roles {}", act.word(), roles.join(", ")))
}
