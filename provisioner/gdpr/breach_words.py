"""The words of the papers around a breach. What is general knowledge says that it is to be checked."""

from provisioner.models.base import Text

TO_FILL = Text(fr="À REMPLIR", en="TO BE FILLED IN")
UNKNOWN = Text(fr="pas encore connu", en="not known yet")
AUTHORITY = Text(
    fr="notifications.cnil.fr (adresse et champs : connaissance générale, à vérifier sur place)",
    en="notifications.cnil.fr (address and fields: general knowledge, to be checked there)",
)
KINDS = {
    "confidentiality": Text(
        fr="perte de confidentialité : des données ont pu être lues",
        en="loss of confidentiality: data may have been read"
    ),
    "integrity": Text(
        fr="perte d'intégrité : des données ont pu être modifiées", en="loss of integrity: data may have been changed"
    ),
    "availability": Text(
        fr="perte de disponibilité : des données ont manqué ou sont perdues",
        en="loss of availability: data was out of reach or is lost"
    ),
}  # fmt: skip
CONSEQUENCES = {
    "confidentiality": Text(
        fr="des inconnus peuvent lire ces données : hameçonnage, usurpation d'identité, atteinte à la vie privée",
        en="strangers may read this data: phishing, identity theft, harm to private life",
    ),
    "integrity": Text(
        fr="décisions ou messages fondés sur des données fausses", en="decisions or messages based on wrong data"
    ),
    "availability": Text(
        fr="un service ou un droit manque aux personnes tant que les données manquent",
        en="people go without a service or a right as long as the data is missing",
    ),
}
RISKS = {
    "unknown": Text(fr="pas encore estimée", en="not judged yet"),
    "none": Text(fr="pas de risque pour les personnes", en="no risk to people"),
    "risk": Text(fr="risque pour les personnes", en="risk to people"),
    "high": Text(fr="risque élevé pour les personnes", en="high risk to people"),
}
STAGES = {
    "whole": Text(fr="notification complète", en="complete notification"),
    "initial": Text(fr="notification initiale", en="initial notification"),
    "complement": Text(fr="complément", en="complement"),
}
MEASURES_BEFORE = {
    "secrets": Text(
        fr="mots de passe des programmes tirés au hasard et conservés chiffrés",
        en="passwords of programs made at random and kept encrypted",
    ),
    "tls": Text(fr="accès aux services par HTTPS", en="services reached by HTTPS"),
    "backup": Text(fr="sauvegardes chiffrées", en="encrypted backups"),
}
DECISION = [
    Text(
        fr="Pas de risque pour les personnes : noter pourquoi. Rien à notifier ; elle reste au registre (art. 33(5)).",
        en="No risk to people: note why; nothing to notify, the entry stays in the register (art. 33(5)).",
    ),
    Text(
        fr="Un risque : notifier la CNIL dans les 72 heures (art. 33). En deux temps si tout n'est pas connu.",
        en="A risk: notify the authority within 72 hours (art. 33). In two stages when not all is known.",
    ),
    Text(
        fr="Un risque élevé : informer aussi les personnes, en mots simples et sans attendre (art. 34).",
        en="A high risk: inform the people too, in plain words and without delay (art. 34).",
    ),
    Text(
        fr="Pèsent : la nature et le nombre des données, la facilité de reconnaître les personnes, leur fragilité, la "
        "gravité des suites. Dans le doute, notifier.",
        en="What weighs: kind and amount of data, how easily people are recognised, how vulnerable they are, how grave "
        "the consequences. When in doubt, notify.",
    ),
    Text(
        fr="Les 72 heures courent aussi la nuit, le week-end et les jours fériés (lecture prudente du règlement "
        "1182/71, à vérifier).",
        en="The 72 hours run at night, at weekends and on holidays too (the careful reading of Regulation 1182/71, to "
        "be checked).",
    ),
]  # fmt: skip
NOT_ADVICE = Text(
    fr="Brouillon produit à partir de ce qui est installé ; ne remplace pas un avis juridique. Champs du formulaire : "
    "connaissance générale, à vérifier sur notifications.cnil.fr.",
    en="Draft made from what is installed; not legal advice. Fields of the form: general knowledge, to be checked at "
    "notifications.cnil.fr.",
)
COPY = Text(
    fr="À recopier dans le formulaire de notifications.cnil.fr.",
    en="To be copied into the form of notifications.cnil.fr.",
)
HIDDEN = Text(
    fr="Ce document parle d'une faille et de personnes : ne le montrer qu'à qui doit agir.",
    en="This paper speaks of a weakness and of people: show it only to those who must act.",
)
CALL = {
    "contact": Text(fr="Contact de l'association", en="The association's contact"),
    "officer": Text(fr="Délégué ou personne à contacter", en="Officer or contact"),
    "representative": Text(fr="Représentant légal", en="Legal representative"),
    "host": Text(fr="Hébergeur", en="Host provider"),
    "processor": Text(fr="Sous-traitant", en="Processor"),
    "recipient": Text(fr="Peut ouvrir les secrets", en="Can open the secrets"),
    "joint": Text(fr="Responsable conjoint", en="Joint controller"),
    "help": Text(fr="Aide aux victimes (à vérifier)", en="Help for victims (to be checked)"),
}
HELP = "17cyber.gouv.fr, cybermalveillance.gouv.fr"
