-- Ten thousand homes, the same at each start.
INSERT INTO landlord
SELECT n,
       (ARRAY['Ada','Bruno','Chiara','Dario','Elif','Femke','Goran','Hanna','Ines','Jonas',
              'Klara','Liam','Mila','Nils','Olga','Paulo','Rosa','Sami','Thea','Yara'])[1 + n % 20]
       || ' ' ||
       (ARRAY['Almeida','Berger','Costa','Dubois','Eriksen','Ferrari','Garcia','Horvat','Ivanova',
              'Jansen','Keller','Laurent','Moreau','Novak','Olsen','Petit','Rossi','Silva',
              'Virtanen','Weber'])[1 + n / 20 % 20],
       date '2011-01-01' + n * 37 % 4500,
       n % 4 <> 0,
       1 + n * 7 % 48
FROM generate_series(1, 400) AS n;

INSERT INTO property
SELECT n,
       1 + n * 131 % 400,
       kind,
       (ARRAY['Bright','Quiet','Sunny','Charming','Modern','Cosy','Renovated','Spacious'])
         [1 + n * 5 % 8]
       || ' ' || kind || ' ' ||
       (ARRAY['by the park','with a balcony','under the roof','near the station','by the river',
              'with a garden view','in the old town','close to the market','on a calm street'])
         [1 + n * 7 % 9],
       city.name,
       (ARRAY['Lime Street','Mill Lane','Station Road','Church Street','Garden Row','Harbour Street',
              'Market Square','Bridge Street','Linden Avenue','Orchard Way'])[1 + n * 3 % 10]
       || ' ' || 1 + n * 11 % 140,
       rooms,
       area,
       (city.rent_of_a_metre * area * (0.80 + n * 17 % 41 / 100.0))::integer / 5 * 5,
       date '2026-12-01' + n * 13 % 150,
       timestamptz '2026-06-01 08:00+00' + n * 25 * interval '1 minute',
       'A ' || kind || ' of ' || area || ' m² with ' || rooms ||
         CASE rooms WHEN 1 THEN ' room' ELSE ' rooms' END || '. ' ||
       (ARRAY['The kitchen was fitted last year.','Pets are welcome.','Shops are around the corner.',
              'The cellar is included.','Bicycles have a dry place.','The windows were replaced.'])
         [1 + n * 7 % 6] || ' ' ||
       (ARRAY['Heating and water are in the rent.','A deposit of two months is asked for.',
              'There is a lift.','The neighbours are quiet.','A tram stops two minutes away.'])
         [1 + n * 3 % 5]
FROM generate_series(1, 10000) AS n
CROSS JOIN LATERAL (SELECT (ARRAY['flat','flat','house','studio','flat'])[1 + n % 5]) AS k (kind)
CROSS JOIN LATERAL (SELECT CASE kind WHEN 'studio' THEN 1 WHEN 'house' THEN 3 + n / 7 % 5
                                     ELSE 1 + n / 7 % 4 END) AS r (rooms)
CROSS JOIN LATERAL (SELECT 14 + rooms * 19 + n * 29 % 17) AS a (area)
CROSS JOIN LATERAL (
  SELECT (ARRAY['Amsterdam','Athens','Berlin','Brussels','Copenhagen','Dublin','Helsinki','Lisbon',
                'Lyon','Madrid','Milan','Oslo','Porto','Prague','Vienna','Zürich'])[1 + n * 3 % 16],
         (ARRAY[22,11,16,15,19,23,18,14,14,17,18,19,12,13,15,28])[1 + n * 3 % 16]
) AS city (name, rent_of_a_metre);

INSERT INTO trust_reference
SELECT 1 + n * 3 % 10000,
       (ARRAY['Anouk','Ben','Carla','Dmitri','Emma','Farid','Greta','Hugo','Ida','Jan'])[1 + n % 10]
       || ' ' || (ARRAY['B.','D.','F.','K.','L.','M.','P.','R.','S.','T.','W.'])[1 + n * 5 % 11],
       date '2019-03-01' + n * 7 % 2600,
       (ARRAY[5,4,5,3,5,4,4,5,2,5])[1 + n * 7 % 10],
       (ARRAY['Repairs were done within days.','We got our deposit back in full.',
              'Warm in winter, cool in summer.','The landlord kept every promise.',
              'A little loud on Saturdays, lovely otherwise.','Everything was as described.',
              'We would move in again at once.'])[1 + n * 11 % 7]
FROM generate_series(1, 18000) AS n;

ANALYZE landlord, property, trust_reference;
