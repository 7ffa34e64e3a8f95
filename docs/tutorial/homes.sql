CREATE TABLE home (id integer PRIMARY KEY, title text, city text, rent integer);
CREATE TABLE enquiry (id uuid PRIMARY KEY, home_id integer REFERENCES home, message text);
CREATE TABLE token (secret text PRIMARY KEY, email text, expires timestamptz);
CREATE TABLE session (email text, since timestamptz DEFAULT now());

INSERT INTO home VALUES (1, 'Loft with a view', 'Lyon', 950), (2, 'Studio near the Rhône', 'Lyon', 480),
  (3, 'Flat by the park', 'Paris', 1200), (4, 'House with a garden', 'Porto', 1100);
INSERT INTO enquiry VALUES (gen_random_uuid(), 2, 'Are cats welcome?');
INSERT INTO token VALUES ('sesame', 'ada@example.org', now() + interval '1 hour'),
  ('mellon', 'bob@example.org', now() - interval '1 hour');
