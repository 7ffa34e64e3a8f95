-- Homes, and who lets them.
CREATE TABLE landlord (
  id integer PRIMARY KEY,
  name text NOT NULL,
  since date NOT NULL,
  verified boolean NOT NULL,
  answers_within_hours integer NOT NULL
);

CREATE TABLE property (
  id integer PRIMARY KEY,
  landlord_id integer NOT NULL REFERENCES landlord,
  kind text NOT NULL CHECK (kind IN ('flat', 'house', 'studio')),
  title text NOT NULL,
  city text NOT NULL,
  street text NOT NULL,
  rooms integer NOT NULL CHECK (rooms > 0),
  area integer NOT NULL CHECK (area > 0),      -- square metres
  rent integer NOT NULL CHECK (rent > 0),      -- euros a month
  available date NOT NULL,
  listed timestamptz NOT NULL,
  description text NOT NULL
);

-- One for each way in which a search is sorted, in all cities and in one of them.
CREATE INDEX ON property (rent, id);
CREATE INDEX ON property (listed, id);
CREATE INDEX ON property (area, id);
CREATE INDEX ON property (city, rent, id);
CREATE INDEX ON property (city, listed, id);
CREATE INDEX ON property (city, area, id);

-- What former tenants say.
CREATE TABLE trust_reference (
  property_id integer NOT NULL REFERENCES property,
  author text NOT NULL,
  stayed_until date NOT NULL,
  stars integer NOT NULL CHECK (stars BETWEEN 1 AND 5),
  text text NOT NULL
);
CREATE INDEX ON trust_reference (property_id, stayed_until);

-- Who signs in. Of tokens there are only hashes: who reads this table cannot be anybody.
CREATE TABLE person (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text,
  email text NOT NULL UNIQUE,
  email_verified timestamptz
);

CREATE TABLE account (
  provider text NOT NULL,
  id_there text NOT NULL,
  person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
  type text NOT NULL,
  PRIMARY KEY (provider, id_there)
);
CREATE INDEX ON account (person_id);

CREATE TABLE session (
  token_hash text PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
  expires timestamptz NOT NULL
);
CREATE INDEX ON session (person_id);
CREATE INDEX ON session (expires);

CREATE TABLE verification_token (
  identifier text NOT NULL,
  token_hash text NOT NULL,
  expires timestamptz NOT NULL,
  PRIMARY KEY (identifier, token_hash)
);
CREATE INDEX ON verification_token (expires);

CREATE TABLE enquiry (
  id uuid PRIMARY KEY, -- the form's, so that sending it twice is sending it once
  property_id integer NOT NULL REFERENCES property,
  person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
  message text NOT NULL,
  sent timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON enquiry (person_id, sent);
