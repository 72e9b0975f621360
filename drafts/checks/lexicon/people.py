"""Words in greetings, signatures and names that are no name of a person or company."""

from __future__ import annotations

GENERIC = frozenset(
    "sir sirs madam madame madames mme mlle mr mrs ms miss mx dr prof doctor professor frau herr herrn herren damen und and et y e or "
    "oder ou o der die das dem den the du de des la le les "
    "team teams accounts account payable payables receivable finance department dept office colleague colleagues partner partners "
    "customer customers all everyone everybody there "
    "friend friends purchasing procurement billing bookkeeping accounting treasury manager director group company kollegen kolleginnen "
    "kollege kollegin kunde kundin kunden geschaftspartner "
    "abteilung buchhaltung kreditorenbuchhaltung finanzabteilung rechnungswesen einkauf zusammen alle an in monsieur messieurs mesdames "
    "mm m client cliente clients clientes clienta service "
    "services comptabilite fournisseurs equipe tous toutes chers cheres cher chere senor senora senores senoras sr sra sres sras srta "
    "don dona equipo departamento contabilidad "
    "administracion compras proveedores pagos tesoreria companeros companera companero a al del los las el mios mio estimado estimada "
    "estimados estimadas liebe lieber geehrte geehrter sehr "
    "dear hi hello good morning afternoon again ing dipl mag again your ihr ihre votre su mi my our unser im from von para pour for with "
    "at once more noch einmal nochmals nouveau nuevo bon "
    "journee tag morgen abend matin soir dias tardes noches valued sehr verehrte werte geschatzte geschatzter geschatzten premium business "
    "purchase ledger payments supplier suppliers vendor vendors everybody morning afternoon evening day week tag morgen abend partenaires partenaire toute tout vous "
    "comptables buchhalter buchhalterin buchhaltern zentrale verwaltung gemeinde stadt cuentas clientas companias area cartera compras pagaduria "
    "pagar cobrar responsable financier financiera financiere comptable direction fianzas finanzas personas quien corresponda concern".split()
)

TITLES = frozenset(
    "mr mrs ms miss mx dr dra prof professor professeur profesor profesora doctor doctora docteur mag magister magistra dipl dipling dkfm ing ingeniero ingeniera "
    "arq arquitecto arquitecta lic licda licenciado licenciada mtro mtra maestro maestra cp contador contadora abogado abogada rer nat jur oec phil med habil bsc "
    "msc mba phd kommerzialrat hofrat herr herrn frau fraulein madame monsieur mme mlle maitre me directeur directrice president presidente sr sra srta senor senora "
    "don dona sir madam madams sirs maam ma'am ji sahib shri smt sri hon rev capt chief ceo cfo head lead direktor direktorin".split()
)

CAPITALISED = (
    "bank holiday easter christmas year new purchase order orders credit notes direct debit sepa excel outlook teams sap oracle united "
    "kingdom states europe european london paris madrid berlin "
    "spring summer winter autumn good morning friday january invoice numbers statement account terms delivery note proof"
)

ROLE_WORDS = frozenset(
    "accounts receivable receivables credit control collections finance team department billing ar kind best warm regards sincerely "
    "yours faithfully thank thanks you customer service "
    "many with manager head specialist analyst senior junior controller collector cash treasury officer assistant administrator services "
    "desk support executive lead director coordinator "
    "mit freundlichen grusen gruessen grussen beste viele debitorenbuchhaltung forderungsmanagement buchhaltung finanzbuchhaltung "
    "rechnungswesen ihr ihre abteilung mahnwesen "
    "cordialement bien sinceres salutations respectueusement service comptabilite recouvrement clients client compta credit equipe votre "
    "votre gestion comptable "
    "atentamente saludos cordiales cordial saludo un departamento cobros cuentas por cobrar administracion contabilidad equipo "
    "facturacion credito gestion gracias reciba atento "
    "tel telefon phone email e-mail fax mail web the your our das unser notre nuestro on behalf of for po box kundenbetreuung".split()
)

COMMON_OPENERS = frozenset(
    "regarding reminder invoice subject betreff objet asunto re rechnung facture factura zahlungserinnerung rappel recordatorio "
    "to statement update payment overdue open account accounts invoices zahlung mahnung offene offener rechnungen kontoauszug aufstellung zur thema concerne "
    "relance etat situation estado aviso facturas recordamos atencion status info hinweis note nota information important urgent wichtig p.s ps "
    "unfortunately today please thanks thank".split()
)

COMPANY_WORDS = frozenset(
    "ltd limited inc llc llp plc corp corporation gmbh ag kg ohg ug se mbh co sarl sas sasu eurl sa sl slu bv nv oy ab aps as spa srl "
    "pty company firma societe empresa sociedad group gruppe "
    "we our your the by to at with for of from and in on is are all as an this that invoice invoices account statement dear rechnung "
    "facture factura the behalf name kunde client "
    "form firmierung rechtsform schreibweise bezeichnung besteller auftraggeber empfanger rechnungsempfanger gesellschaft unternehmen haus "
    "die der das im auf fur von vom zum zur bei mit und ihr ihre unser unsere wir sie nous votre notre vos nos pour chez avec el los las "
    "su sus para por con nuestra nuestro en a".split()
)

CLOSERS = frozenset(
    "warmly fondly gratefully appreciatively care take greetings chaleureusement amities bises cdt afectuosamente agradecido agradecida alles gute "
    "kind kindest best warm warmest many regards wishes thanks thank you sincerely yours faithfully truly cheers respectfully cordially all the speak soon talk later have a "
    "mit freundlichen freundlichem besten herzlichen vielen grussen grusen gruss grus grusse gruse viele beste freundliche herzliche liebe schone hochachtungsvoll dank danke "
    "mfg lg vg und herzlich herzlichst bis bald schonen verbindlichen ergebenst "
    "recevez veuillez agreez cordialement bien vous sinceres meilleures salutations respectueuses distinguees amicalement merci avance bientot belle bonne journee votre attention "
    "saludos saludo cordial cordiales atentamente atte abrazo un una gracias muchas mil sinceramente cordialmente reciba atento feliz dia quedo espera ordenes su".split()
)
