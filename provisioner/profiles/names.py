"""Words by which a free text gives a person away: common first names; and words before which a name is a place's."""

PARTICLES = {"de", "du", "des", "d", "la", "le", "van", "von", "l"}
PLACES_TEXT = (
    "allée asso association avenue award bibliothèque boulevard bâtiment cathédrale centre cercle chapelle chemin "
    "chorale church cie cinéma cité clinique club collège compagnie complexe cours crèche domaine ehpad ensemble "
    "espace faculté fondation fonds foundation foyer gare groupe gymnase hall hameau hospital hôpital impasse "
    "institut jardin library lycée lycées maison maternelle museum musée médiathèque métro orchestre parc park "
    "paroisse pavillon piscine place pont port prix quai quartier road route rue résidence saint sainte salle "
    "school scolaire square st stade station ste street theatre théâtre tour université école écoles église "
    "élémentaire "
)
FIRST_NAMES_TEXT = (
    "adrien adèle agathe agnès ahmed alain albert alexandra alexandre alexia alexis ali alice aline amandine amina "
    "amélie ana anaïs andrew andré andrée ange angèle anna anne annie antoine antonio apolline arnaud arthur ashley "
    "audrey aurélie aurélien axel aïcha baptiste barbara bastien benjamin benoît bernadette bernard bertrand "
    "brigitte bruno béatrice camille carine carlos carol carole caroline catherine chantal charles charlène chloé "
    "christelle christian christiane christine christophe claire clara claude claudette claudine clémence clément "
    "colette corinne cyril cécile cédric céline damien daniel danielle david deborah delphine denis denise didier "
    "dominique edward elizabeth emily emma emmanuel emmanuelle enzo estelle eva fabien fabienne fabrice farid "
    "fatima fatou fernand flavie florian frances francesca franck françois françoise fritz frédéric frédérique "
    "gabriel gabrielle gaston gaëlle geneviève george georges germaine gilbert gilles ginette giovanni gisèle "
    "giuseppe grégory guillaume guy gwenaëlle gérald gérard hamid hans helen henri henriette hervé hugo huguette "
    "hélène ibrahim inès irène isabelle jacqueline jacques jamel james janet jean jeanne jeannine jennifer jessica "
    "john jonathan josefa joseph josette josiane josé joël joëlle juan jules julie julien juliette justine jérémy "
    "jérôme jürgen karen karim karine katarzyna kenneth khadija kévin laetitia laura laure laurence laurent liliane "
    "linda lisa lou louis louise luc lucas lucie lucien lucienne luis lydie léa léo léon madeleine magali malik "
    "manon manuel marc marcel marcelle margaret margaux marguerite maria marie marielle marine marion marlène "
    "marthe martine mary mathieu mathilde matthieu maud maurice maxime michael michel micheline michèle mireille "
    "mohamed mohammed monique moussa muriel mustapha myriam mélanie nadia nadine nadège nancy nathalie nathan "
    "nicolas nicole noémie noël odette odile olivier paolo pascal pascale patrice patricia patrick paul paule "
    "paulette pauline peter philippe pierre pierrette piotr quentin rachid raoul raphaël raymond raymonde renaud "
    "renée richard robert roger roland romain ruth régine régis rémi rémy sabine sabrina samir samira samuel sandra "
    "sandrine sarah serge sharon simone solange sonia sophie stephen stéphane stéphanie susan suzanne sylvain "
    "sylvie sébastien séverine thibault thierry thomas théo théophile thérèse tristan valentin valérie vanessa "
    "vincent viviane véronique william xavier yann yannick yasmina youssef yves yvette yvonne zoé édith édouard "
    "élisabeth élise élodie émile émilie éric étienne évelyne "
)
PLACES = frozenset(PLACES_TEXT.split())
FIRST_NAMES = frozenset(FIRST_NAMES_TEXT.split())
