-- numbers that pages show without counting
ALTER TABLE release ADD COLUMN matches INTEGER NOT NULL DEFAULT 0;
-- open findings of a product at the end of a day, by the code of their class; 0 is nothing assessed
CREATE TABLE trend (
    product INTEGER NOT NULL REFERENCES product (id),
    day INTEGER NOT NULL,
    class INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (product, day, class)
) STRICT, WITHOUT ROWID;
