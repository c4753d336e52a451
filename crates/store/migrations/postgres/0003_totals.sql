-- numbers that pages show without counting
ALTER TABLE release ADD COLUMN matches BIGINT NOT NULL DEFAULT 0;
-- open findings of a product at the end of a day, by the code of their class; 0 is nothing assessed
CREATE TABLE trend (
    product BIGINT NOT NULL REFERENCES product (id),
    day BIGINT NOT NULL,
    class BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (product, day, class)
);
