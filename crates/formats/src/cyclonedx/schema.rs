//! The wire shape of CycloneDX JSON 1.2 to 1.7, as far as we use it.

use crate::text::loose::{List, Text, loose};

loose! {
    /// One component, of any type, with the components inside of it.
    pub struct Component<'a> {
        kind: Text<'a> = "type",
        reference: Text<'a> = "bom-ref",
        group: Text<'a> = "group",
        name: Text<'a> = "name",
        version: Text<'a> = "version",
        scope: Text<'a> = "scope",
        cpe: Text<'a> = "cpe",
        purl: Text<'a> = "purl",
        supplier: Party<'a> = "supplier",
        manufacturer: Party<'a> = "manufacturer",
        publisher: Text<'a> = "publisher",
        hashes: List<Hash<'a>> = "hashes",
        references: List<Reference<'a>> = "externalReferences",
        properties: List<Property<'a>> = "properties",
        pedigree: Pedigree<'a> = "pedigree",
        evidence: Evidence<'a> = "evidence",
        licences: List<LicenceChoice<'a>> = "licenses",
        components: List<Component<'a>> = "components",
    }
}

loose! {
    /// An organisation.
    pub struct Party<'a> {
        name: Text<'a> = "name",
    }
}

loose! {
    /// One hash.
    pub struct Hash<'a> {
        algorithm: Text<'a> = "alg",
        value: Text<'a> = "content",
    }
}

loose! {
    /// One external reference.
    pub struct Reference<'a> {
        kind: Text<'a> = "type",
        url: Text<'a> = "url",
    }
}

loose! {
    /// One property.
    pub struct Property<'a> {
        name: Text<'a> = "name",
        value: Text<'a> = "value",
    }
}

loose! {
    /// Where a component comes from and what was changed.
    pub struct Pedigree<'a> {
        ancestors: List<Component<'a>> = "ancestors",
        patches: List<Patch<'a>> = "patches",
    }
}

loose! {
    /// One patch.
    pub struct Patch<'a> {
        kind: Text<'a> = "type",
        diff: Diff<'a> = "diff",
        resolves: List<Issue<'a>> = "resolves",
    }
}

loose! {
    /// The change itself.
    pub struct Diff<'a> {
        text: Attachment<'a> = "text",
        url: Text<'a> = "url",
    }
}

loose! {
    /// A text that may be encoded.
    pub struct Attachment<'a> {
        encoding: Text<'a> = "encoding",
        content: Text<'a> = "content",
    }
}

loose! {
    /// What a patch resolves.
    pub struct Issue<'a> {
        kind: Text<'a> = "type",
        id: Text<'a> = "id",
        name: Text<'a> = "name",
    }
}

loose! {
    /// A licence, or an expression of several.
    pub struct LicenceChoice<'a> {
        licence: Licence<'a> = "license",
        expression: Text<'a> = "expression",
        acknowledgement: Text<'a> = "acknowledgement",
    }
}

loose! {
    /// One licence by its SPDX id, or by its name.
    pub struct Licence<'a> {
        id: Text<'a> = "id",
        name: Text<'a> = "name",
        acknowledgement: Text<'a> = "acknowledgement",
    }
}

loose! {
    /// Where a component was found, and what else it was recognised as.
    pub struct Evidence<'a> {
        identity: List<Identity<'a>> = "identity",
        occurrences: List<Occurrence<'a>> = "occurrences",
    }
}

loose! {
    /// A conclusion on one field of a component's identity.
    pub struct Identity<'a> {
        field: Text<'a> = "field",
        confidence: Text<'a> = "confidence",
        value: Text<'a> = "concludedValue",
    }
}

loose! {
    /// One place.
    pub struct Occurrence<'a> {
        location: Text<'a> = "location",
    }
}

loose! {
    /// `metadata`.
    pub struct Metadata<'a> {
        timestamp: Text<'a> = "timestamp",
        component: Component<'a> = "component",
        tools: List<Tool<'a>> = "tools",
        properties: List<Property<'a>> = "properties",
    }
}

loose! {
    /// A tool, or (since 1.5) the lists of tools.
    pub struct Tool<'a> {
        vendor: Text<'a> = "vendor",
        name: Text<'a> = "name",
        version: Text<'a> = "version",
        components: List<Component<'a>> = "components",
    }
}

loose! {
    /// One vulnerability with its analysis.
    pub struct Vulnerability<'a> {
        id: Text<'a> = "id",
        reference: Text<'a> = "bom-ref",
        analysis: Analysis<'a> = "analysis",
        affects: List<Affected<'a>> = "affects",
        properties: List<Property<'a>> = "properties",
    }
}

loose! {
    /// What somebody found out about it.
    pub struct Analysis<'a> {
        state: Text<'a> = "state",
        justification: Text<'a> = "justification",
        detail: Text<'a> = "detail",
    }
}

loose! {
    /// One affected component.
    pub struct Affected<'a> {
        reference: Text<'a> = "ref",
        versions: List<AffectedVersion<'a>> = "versions",
    }
}

loose! {
    /// One version or range of it.
    pub struct AffectedVersion<'a> {
        version: Text<'a> = "version",
        range: Text<'a> = "range",
        status: Text<'a> = "status",
    }
}

loose! {
    /// One node of the dependency graph.
    pub struct Dependency<'a> {
        reference: Text<'a> = "ref",
        depends_on: List<Text<'a>> = "dependsOn",
    }
}

loose! {
    /// How complete a part is.
    pub struct Composition<'a> {
        aggregate: Text<'a> = "aggregate",
        assemblies: List<Text<'a>> = "assemblies",
    }
}
