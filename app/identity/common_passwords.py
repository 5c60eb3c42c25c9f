"""Passwords that everybody tries first, and the words they are made of (with or without digits around).

Short on purpose: the length rule keeps most of the known lists out; what is left of them at twelve characters and more
is made of these.
"""

from __future__ import annotations

COMMON = frozenset(
    """
    password passwort kennwort geheim geheimnis losungswort willkommen welcome hallo hello letmein iloveyou ichliebedich
    passwordpassword passwortpasswort passwortgeheim geheimespasswort meinpasswort mypassword neuespasswort newpassword
    startpasswort startkennwort initialpasswort standardpasswort defaultpassword changeme changemenow changemeplease
    bitteaendern bitteändern passwortaendern admin administrator adminadmin rootroot superuser supervisor testtest
    testpasswort testpassword gastzugang benutzername username anmeldung sunshine princess prinzessin football fussball
    fußball basketball baseball monkey dragon superman batman spiderman starwars pokemon minecraft schalke bayern
    bayernmuenchen bayernmünchen borussia dortmund schatz schatzi schatzilein mausi hasi liebling sommer winter
    fruehling frühling herbst sommerwinter januar februar montag dienstag mittwoch donnerstag freitag samstag sonntag
    deutschland germany thueringen thüringen erfurt eisenach ilmenau suhl weimar berlin hamburg muenchen münchen
    frankfurt ferrari porsche mercedes volkswagen mustang automobil computer internet google facebook microsoft
    windows office linux samsung vorlauf fastforward weiterbildung weiterbildungsverbund bildungsverbund verbund
    personalabteilung betriebsrat foerderung förderung schulung training trustno trustnoone whatever nothing nichts
    abcdef abcabcabc abcdefgh qwertz qwertzuiop qwerty qwertyuiop asdfgh asdfghjkl asdfasdf yxcvbnm zxcvbnm
    correcthorsebatterystaple secret topsecret supersecret access accessdenied opensesame master masterkey mastermaster
    """.split()
)
